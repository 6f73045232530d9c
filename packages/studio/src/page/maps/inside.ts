import type { Grid } from "@limn/core";

/** What lies at or above a level. */
export interface Inside {
  /** The share of the map's sum above zero, 0 to 1. */
  readonly mass: number;
  /** The share of its cells, 0 to 1. */
  readonly area: number;
}

/**
 *   mass = sum_{v >= t} v / sum_{v > 0} v      area = |{ v >= t }| / n
 *
 * @param level t, above 0
 */
export function insideOf({ data }: Grid, level: number): Inside {
  let [inside, all, cells] = [0, 0, 0];
  for (const value of data) {
    if (value > 0) all += value;
    if (value < level) continue;
    inside += value;
    cells++;
  }
  return { mass: all > 0 ? inside / all : 0, area: cells / data.length };
}
