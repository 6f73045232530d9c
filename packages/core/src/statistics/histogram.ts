import { LimnError } from "../error.js";

export interface HistogramOptions {
  /** Where the first bin begins and the last one ends; low below high. */
  readonly low: number;
  readonly high: number;
  /** How many bins of equal width there are, 1 at least. */
  readonly bins: number;
}

export interface Histogram extends HistogramOptions {
  /** How many values each bin holds. A bin begins with its lower edge; the last one holds its upper edge too. */
  readonly counts: Uint32Array;
  /** How many lie outside of all bins. */
  readonly below: number;
  readonly above: number;
}

/**
 * Counts values in bins that don't depend on them, so that histograms of several methods can be laid side by side.
 * @param values NaN are left out
 * @throws LimnError `bad-option` for bins that there cannot be
 */
export function histogram(values: Float64Array, { low, high, bins }: HistogramOptions): Histogram {
  if (!(Number.isInteger(bins) && bins > 0 && Number.isFinite(low) && Number.isFinite(high) && low < high)) {
    throw new LimnError(
      "bad-option",
      `histogram of ${bins} bins from ${low} to ${high}: give at least one bin, from a number to a larger one`,
    );
  }
  const counts = new Uint32Array(bins);
  let [below, above] = [0, 0];
  for (const v of values) {
    if (v < low) below++;
    else if (v > high) above++;
    else if (!Number.isNaN(v)) {
      const bin = Math.min(bins - 1, Math.floor(((v - low) / (high - low)) * bins));
      counts[bin] = (counts[bin] as number) + 1;
    }
  }
  return { low, high, bins, counts, below, above };
}
