import { families } from "@limn/core";

/**
 * The order of maps on a sheet, as indices: maps of a family together, families in the order of core's `families`, then
 * those of the user's own methods; within a family, the order that was asked for.
 * @param of the family of each map
 */
export function byFamily(of: readonly string[]): number[] {
  const order = [...new Set([...families, ...of])];
  return [...of.keys()].sort((a, b) => order.indexOf(of[a] as string) - order.indexOf(of[b] as string) || a - b);
}
