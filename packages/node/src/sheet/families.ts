import { families } from "@limn/core";

/**
 * The places of maps on a sheet, as indices: families together, in the order of core's `families` and those of the
 * user's own methods after them; within each, the order that was asked for.
 */
export function byFamily(of: readonly string[]): number[] {
  const order = [...new Set([...families, ...of])];
  return [...of.keys()].sort((a, b) => order.indexOf(of[a] as string) - order.indexOf(of[b] as string) || a - b);
}
