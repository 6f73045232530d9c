/** Five numbers that say how values are distributed, and the number of values; NaN if there are none. */
export interface FiveNumbers {
  readonly n: number;
  readonly lowest: number;
  readonly lowerQuartile: number;
  readonly median: number;
  readonly upperQuartile: number;
  readonly highest: number;
}

/** Summarizes values. @param values NaN values are left out */
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
 * A quantile, with linear interpolation between neighbors (Hyndman and Fan 1996, type 7; the default of R and numpy).
 *
 *   q = x_k + (h - k) (x_(k+1) - x_k)        h = p (n - 1), k = floor(h), x from 0
 *
 * @param sorted in ascending order, without NaN
 * @param p the fraction of values below the quantile, 0 to 1
 * @returns NaN if there are no values
 */
export function quantile(sorted: Float64Array, p: number): number {
  const h = p * (sorted.length - 1);
  const k = Math.floor(h);
  const below = sorted[k] ?? Number.NaN;
  const above = sorted[k + 1] ?? below;
  return below + (h - k) * (above - below);
}
