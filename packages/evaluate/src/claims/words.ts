import type { Figure } from "./figure.js";

/** A figure with its interval, such as `0.31 [0.25, 0.37]`. */
export function estimateInWords({ estimate: { mean, low, high, n }, unit }: Figure): string {
  if (n === 0) return "-";
  const shown = (value: number) => valueInWords(value, unit);
  return `${shown(mean)} [${shown(low)}, ${shown(high)}]${unit === "%" ? " %" : ""}`;
}

/** What a claim says about a figure, such as `above 0`; empty if the claim is not judged by it. */
export const expectationInWords = ({ claimed }: Figure): string => (claimed ? `${claimed.side} ${claimed.bound}` : "");

/** The p-value of a pair, such as `0.04` or `2e-9`; empty if there is none. */
export const pInWords = ({ p, estimate }: Figure): string =>
  p === undefined || estimate.n === 0 ? "" : p < 0.001 ? p.toExponential(0) : p.toPrecision(2);

const DIGITS = { "%": 1, share: 3, times: 2 };

/** A sum that should be 0 may be as large as this. */
const ROUNDING = 1e-15;

/** A figure's number. Those that would be rounded to 0 are written with an exponent. */
export function valueInWords(value: number, unit: Figure["unit"]): string {
  const plain = value.toFixed(DIGITS[unit]);
  return Number(plain) === 0 && Math.abs(value) > ROUNDING ? value.toExponential(0) : plain.replace(/^-(?=[0.]+$)/, "");
}
