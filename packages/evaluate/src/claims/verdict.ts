import type { Estimate } from "@limn/core";

/** What becomes of a claim, or of a part of it. */
export type Verdict = "holds" | "does not hold" | "can't say";

/** Which side of a bound a claim says that a figure lies on. */
export interface Expectation {
  readonly side: "above" | "below";
  readonly bound: number;
}

/** Intervals of fewer pictures say little. */
export const FEWEST = 8;

/** What float32 sums in another order may differ by: networks may make two methods the same. */
const ROUNDING = 1e-5;

/** How verdicts are reached, in words. */
export const RULE = `A figure agrees with a claim where its whole interval lies on the side of the bound that the claim says, by more than ${ROUNDING}, and contradicts it where the whole interval lies on the other side. A claim holds where all of its figures agree, and does not hold where one contradicts it. Else, and from fewer than ${FEWEST} pictures, nothing can be said.`;

/** Whether an estimate lies where it is expected. */
export function verdictOf({ low, high, n }: Estimate, { side, bound }: Expectation): Verdict {
  if (n < FEWEST) return "can't say";
  const [above, below] = [low > bound + ROUNDING, high < bound - ROUNDING];
  if (side === "above" ? above : below) return "holds";
  return above || below ? "does not hold" : "can't say";
}

/** The verdict on a claim of several parts. */
export function verdictOfAll(parts: readonly Verdict[]): Verdict {
  if (parts.includes("does not hold")) return "does not hold";
  return parts.length > 0 && parts.every((part) => part === "holds") ? "holds" : "can't say";
}
