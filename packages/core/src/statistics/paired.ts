import { LimnError } from "../error.js";
import { type BootstrapOptions, bootstrapMeans, type Estimate } from "./bootstrap.js";
import { type SignedRankTest, signedRankTest } from "./wilcoxon.js";

/** The same measure of the same items by two methods: a value an item, NaN where it has none. */
export interface Pair {
  readonly first: Float64Array;
  readonly second: Float64Array;
}

export interface Comparison {
  /** Of first - second, over the items that both have. */
  readonly difference: Estimate;
  /** Whether the differences lean to one side. Its p is of this pair alone: not corrected for the number of pairs. */
  readonly test: SignedRankTest;
}

/**
 * Compares methods item by item, all pairs over the same draws of items.
 * @param pairs of the same items, in the same order
 * @throws LimnError `bad-option`, or `bad-input` where lengths differ
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
      `a pair has ${first.length} and ${second.length} values: give both of each item, NaN where it has none`,
    );
  }
  return first.map((v, i) => v - (second[i] as number));
}
