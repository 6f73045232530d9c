import { families } from "@limn/core";

/** What decides where a map stands on a sheet. */
export interface Placed {
  readonly family: string;
  /** How many values it has. */
  readonly values: number;
}

/**
 * The order of maps on a sheet, as indices: maps of a family together, and families from coarse to fine, by the map of each
 * that has the fewest values; then in the order of core's `families`. Within a family, the order that was asked for.
 */
export function byFamily(maps: readonly Placed[]): number[] {
  const names = [...new Set([...families, ...maps.map(({ family }) => family)])];
  const coarsest = (name: string) => Math.min(...maps.flatMap(({ family, values }) => (family === name ? values : [])));
  const order = names.filter((name) => maps.some(({ family }) => family === name));
  order.sort((a, b) => coarsest(a) - coarsest(b));
  return [...maps.keys()].sort(
    (a, b) => order.indexOf((maps[a] as Placed).family) - order.indexOf((maps[b] as Placed).family) || a - b,
  );
}
