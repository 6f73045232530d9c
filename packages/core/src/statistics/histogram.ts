import { LimnError } from "../error.js";

/** The bins of a histogram. */
export interface HistogramOptions {
  /** The lower edge of the first bin. */
  readonly low: number;
  /** The upper edge of the last bin, above `low`. */
  readonly high: number;
  /** The number of bins, at least 1; all have the same width. */
  readonly bins: number;
}

/** Counts of values in bins. */
export interface Histogram extends HistogramOptions {
  /** How many values each bin holds. A bin includes its lower edge; the last one includes its upper edge, too. */
  readonly counts: Uint32Array;
  /** How many values lie below all bins. */
  readonly below: number;
  /** How many values lie above all bins. */
  readonly above: number;
}

/**
 * Counts values in bins that don't depend on the values, so that histograms of several methods can be compared.
 * @param values NaN values are left out
 * @throws LimnError `bad-option` for impossible bins
 */
export function histogram(values: Float64Array, { low, high, bins }: HistogramOptions): Histogram {
  if (!(Number.isInteger(bins) && bins > 0 && Number.isFinite(low) && Number.isFinite(high) && low < high)) {
    throw new LimnError(
      "bad-option",
      `a histogram can't have ${bins} bins from ${low} to ${high}; give at least one bin, from a number to a larger one`,
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
