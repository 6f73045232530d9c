import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { LimnError } from "../error.js";
import { quantile } from "./quantiles.js";

/** The default number of resamples. */
export const RESAMPLES = 1000;

/** The fraction of resampled means within an interval. */
export const CONFIDENCE = 0.95;

/** How items are resampled. */
export interface BootstrapOptions {
  /** How many times the items are drawn again, at least 1. Default `RESAMPLES`. */
  readonly resamples?: number;
  /** The seed of the draws, a whole number from 0 to 2^32 - 1. Default 0. */
  readonly seed?: number;
}

/** A mean over items, and the interval in which the mean over all items of their kind can be expected. */
export interface Estimate {
  readonly mean: number;
  /** The lower end of the percentile interval, at `CONFIDENCE`. */
  readonly low: number;
  /** The upper end of the percentile interval. */
  readonly high: number;
  /** How many items have a value. If it is 0, the other numbers are NaN. */
  readonly n: number;
}

/**
 * Means of measures over the same items, with bootstrap percentile intervals (Efron 1979; Efron and Tibshirani 1993,
 * ch. 13).
 *
 *   mean*_b = mean of as many items as there are, drawn with replacement        b = 1 .. resamples
 *   low, high = quantiles of mean* at (1 - confidence) / 2 and (1 + confidence) / 2
 *
 * Items are drawn together with all of their measures, so that all columns see the same draws. Results depend only on the
 * seed and the values, to the bit.
 * @param columns one for each measure, with a value for each item, all of equal length; NaN values are left out
 * @returns an estimate for each column
 * @throws LimnError `bad-option` for a wrong number of resamples, `bad-input` if lengths differ
 */
export function bootstrapMeans(
  columns: readonly Float64Array[],
  { resamples = RESAMPLES, seed = 0 }: BootstrapOptions = {},
): Estimate[] {
  if (!(Number.isInteger(resamples) && resamples > 0)) {
    throw new LimnError("bad-option", `resamples is ${resamples}; give a whole number above 0`);
  }
  const items = columns[0]?.length ?? 0;
  const other = columns.findIndex(({ length }) => length !== items);
  if (other >= 0) {
    const { length } = columns[other] as Float64Array;
    throw new LimnError(
      "bad-input",
      `column ${other} has ${length} values but column 0 has ${items}; give each item a value, NaN if it has none`,
    );
  }
  const samples = columns.map(sampleOf);
  const means = columns.map(() => new Float64Array(resamples));
  const draws = new Draws(items, seed);
  for (let b = 0; b < resamples; b++) {
    const counts = draws.next();
    samples.forEach((sample, i) => {
      (means[i] as Float64Array)[b] = meanOf(sample, counts);
    });
  }
  const once = new Float64Array(items).fill(1);
  return samples.map((sample, i) => {
    // if few items have a value, a resample may hold none of them
    const sorted = (means[i] as Float64Array).filter((mean) => !Number.isNaN(mean)).sort();
    return {
      mean: meanOf(sample, once),
      low: quantile(sorted, (1 - CONFIDENCE) / 2),
      high: quantile(sorted, (1 + CONFIDENCE) / 2),
      n: sample.n,
    };
  });
}

/** Draws as many items as there are, with replacement. */
class Draws {
  readonly #generator: ReturnType<typeof xoroshiro128plus>;
  /** In floating point, since they multiply values. */
  readonly #counts: Float64Array;

  constructor(items: number, seed: number) {
    this.#generator = xoroshiro128plus(seed | 0);
    this.#counts = new Float64Array(items);
  }

  /** @returns how often each item is drawn, valid until the next call */
  next(): Float64Array {
    const counts = this.#counts.fill(0);
    const items = counts.length;
    for (let i = 0; i < items; i++) {
      const item = Math.floor(((this.#generator.next() >>> 0) * items) / 2 ** 32);
      counts[item] = (counts[item] as number) + 1;
    }
    return counts;
  }
}

interface Sample {
  /** The items' values; 0 for items without one. */
  readonly values: Float64Array;
  /** 1 for items with a value, 0 for the others; undefined if all have one. */
  readonly present: Float64Array | undefined;
  readonly n: number;
}

function sampleOf(column: Float64Array): Sample {
  const present = column.map((v) => (Number.isNaN(v) ? 0 : 1));
  const n = present.reduce((sum, v) => sum + v, 0);
  if (n === column.length) return { values: column, present: undefined, n };
  return { values: column.map((v) => (Number.isNaN(v) ? 0 : v)), present, n };
}

const meanOf = ({ values, present }: Sample, counts: Float64Array): number =>
  dot(values, counts) / (present ? dot(present, counts) : counts.length);

/** Four sums at the same time, since each addition waits for the one before it. */
function dot(a: Float64Array, b: Float64Array): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  const whole = a.length - (a.length % 4);
  for (let i = 0; i < whole; i += 4) {
    s0 += (a[i] as number) * (b[i] as number);
    s1 += (a[i + 1] as number) * (b[i + 1] as number);
    s2 += (a[i + 2] as number) * (b[i + 2] as number);
    s3 += (a[i + 3] as number) * (b[i + 3] as number);
  }
  for (let i = whole; i < a.length; i++) s0 += (a[i] as number) * (b[i] as number);
  return s0 + s1 + (s2 + s3);
}
