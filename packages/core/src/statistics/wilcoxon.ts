import { upperTail } from "./normal.js";

/** For up to so many differences without ties, p is computed from all combinations of signs. */
const LARGEST_EXACT = 50;

/** The result of Wilcoxon's signed-rank test. */
export interface SignedRankTest {
  /** How many differences are ranked: all that are not 0. */
  readonly n: number;
  /** The sum of the ranks of positive differences, from 0 to n (n + 1) / 2; half of that if both sides are even. */
  readonly positiveRanks: number;
  /** The probability of ranks at least as uneven, to either side, if differences are symmetric about 0; above 0, at most 1. */
  readonly p: number;
  /** Whether p is exact; otherwise it is that of the normal distribution. */
  readonly exact: boolean;
}

/**
 * Wilcoxon's signed-rank test, two-sided (Wilcoxon 1945): do differences within pairs tend to one side?
 *
 *   W+ = sum of the ranks of |d_i| over d_i > 0        equal |d| share the mean of their ranks
 *
 * Differences of 0 are left out before ranking, as Wilcoxon did. For up to 50 differences of unequal size, p is exact.
 * Otherwise it is that of the normal distribution with corrections for ties and continuity:
 *
 *   z = max(0, |W+ - n (n + 1) / 4| - 1/2) / sqrt(n (n + 1) (2 n + 1) / 24 - sum over ties of (t^3 - t) / 48)
 *
 * @param differences NaN values are left out
 */
export function signedRankTest(differences: Float64Array): SignedRankTest {
  const ranked = differences.filter((d) => !Number.isNaN(d) && d !== 0).sort((a, b) => Math.abs(a) - Math.abs(b));
  const n = ranked.length;
  const { positiveRanks, ties } = rankSum(ranked);
  const exact = n <= LARGEST_EXACT && ties === 0;
  return { n, positiveRanks, p: exact ? exactP(positiveRanks, n) : normalP(positiveRanks, n, ties), exact };
}

/**
 * @param ranked differences, the smallest absolute value first
 * @returns W+, and the sum of t^3 - t over groups of t equal absolute values
 */
function rankSum(ranked: Float64Array): { positiveRanks: number; ties: number } {
  let positiveRanks = 0;
  let ties = 0;
  for (let start = 0, end = 0; start < ranked.length; start = end) {
    const size = Math.abs(ranked[start] as number);
    let positive = 0;
    for (end = start; end < ranked.length && Math.abs(ranked[end] as number) === size; end++) {
      if ((ranked[end] as number) > 0) positive++;
    }
    // the mean of the ranks start + 1 .. end
    positiveRanks += (positive * (start + 1 + end)) / 2;
    const t = end - start;
    ties += t ** 3 - t;
  }
  return { positiveRanks, ties };
}

/** p = 2 P(W <= the smaller sum), where W sums those of the ranks 1 .. n that a fair coin selects. */
function exactP(positiveRanks: number, n: number): number {
  const largest = (n * (n + 1)) / 2;
  const probabilities = new Float64Array(largest + 1);
  probabilities[0] = 1;
  for (let rank = 1; rank <= n; rank++) {
    // P_rank(w) = (P_rank-1(w) + P_rank-1(w - rank)) / 2, from above, so that each w - rank is still of the rank before
    for (let w = (rank * (rank + 1)) / 2; w >= 0; w--) {
      const without = probabilities[w] as number;
      probabilities[w] = (without + (probabilities[w - rank] ?? 0)) / 2;
    }
  }
  const tail = probabilities.subarray(0, Math.min(positiveRanks, largest - positiveRanks) + 1);
  return Math.min(1, 2 * tail.reduce((sum, p) => sum + p, 0));
}

function normalP(positiveRanks: number, n: number, ties: number): number {
  const distance = Math.abs(positiveRanks - (n * (n + 1)) / 4);
  const deviation = Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24 - ties / 48);
  return 2 * upperTail(Math.max(0, distance - 0.5) / deviation);
}
