import type { Estimate } from "@limn/core";

/** The verdict on a claim, or on a part of it. */
export type Verdict = "holds" | "does not hold" | "can't say";

/** The side of a bound on which a figure lies, according to a claim. */
export interface Expectation {
  readonly side: "above" | "below";
  readonly bound: number;
}

/** Intervals of fewer pictures say little. */
export const FEWEST = 8;

/** How much sums in float32 may differ if they are added in another order: on some networks, two methods are the same. */
const ROUNDING = 1e-5;

/** How verdicts are reached, in words. */
export const RULE = `A figure agrees with a claim if its whole interval lies on the side of the bound that the claim names, by more than ${ROUNDING}, and contradicts it if the whole interval lies on the other side. A claim holds if all of its figures agree, and does not hold if one contradicts it. Otherwise, and from fewer than ${FEWEST} pictures, nothing can be said.`;

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
