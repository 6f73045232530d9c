/** Five numbers that say how values are distributed, and how many values they are; NaN where there are none. */
export interface FiveNumbers {
  readonly n: number;
  readonly lowest: number;
  readonly lowerQuartile: number;
  readonly median: number;
  readonly upperQuartile: number;
  readonly highest: number;
}

/** @param values NaN are left out */
export function fiveNumbers(values: Float64Array): FiveNumbers {
  const sorted = values.filter((v) => !Number.isNaN(v)).sort();
  return {
    n: sorted.length,
    lowest: quantile(sorted, 0),
    lowerQuartile: quantile(sorted, 0.25),
    median: quantile(sorted, 0.5),
    upperQuartile: quantile(sorted, 0.75),
    highest: quantile(sorted, 1),
  };
}

/**
 * The value below which a share of the others lies, on the line between its neighbors (Hyndman and Fan 1996, type 7;
 * the default of R and numpy).
 *
 *   q = x_k + (h - k) (x_(k+1) - x_k)        h = p (n - 1), k = floor(h), x from 0
 *
 * @param sorted in ascending order, without NaN
 * @param share p, 0 to 1
 * @returns NaN where there are no values
 */
export function quantile(sorted: Float64Array, share: number): number {
  const h = share * (sorted.length - 1);
  const k = Math.floor(h);
  const below = sorted[k] ?? Number.NaN;
  const above = sorted[k + 1] ?? below;
  return below + (h - k) * (above - below);
}
