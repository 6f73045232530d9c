import { LimnError } from "../error.js";
import { type BootstrapOptions, bootstrapMeans, type Estimate } from "./bootstrap.js";
import { type SignedRankTest, signedRankTest } from "./wilcoxon.js";

/** The same measure of the same items by two methods: a value for each item, NaN if it has none. */
export interface Pair {
  readonly first: Float64Array;
  readonly second: Float64Array;
}

/** How two methods differ. */
export interface Comparison {
  /** The mean of first - second, over the items for which both have values. */
  readonly difference: Estimate;
  /** Whether the differences tend to one side. Its p is for this pair alone, not corrected for the number of pairs. */
  readonly test: SignedRankTest;
}

/**
 * Compares methods item by item; all pairs see the same draws of items.
 * @param pairs the same items in the same order
 * @throws LimnError `bad-option` for a wrong number of resamples, `bad-input` if lengths differ
 */
export function comparePairs(pairs: readonly Pair[], options?: BootstrapOptions): Comparison[] {
  const differences = pairs.map(differencesOf);
  return bootstrapMeans(differences, options).map((difference, i) => ({
    difference,
    test: signedRankTest(differences[i] as Float64Array),
  }));
}

function differencesOf({ first, second }: Pair): Float64Array {
  if (first.length !== second.length) {
    throw new LimnError(
      "bad-input",
      `a pair has ${first.length} and ${second.length} values; give both a value for each item, NaN if it has none`,
    );
  }
  return first.map((v, i) => v - (second[i] as number));
}
