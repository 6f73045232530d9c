/** A group of items, some of which are marked, out of a larger number of items. */
export interface MarkedGroup {
  /** Marked items in the group. */
  readonly marked: number;
  /** Items in the group. */
  readonly size: number;
  /** Marked items in all, those of the group included. */
  readonly allMarked: number;
  readonly all: number;
}

/**
 * Fisher's exact test, one-sided (Fisher 1922): the probability that a group holds at least as many of the marked items if
 * chance alone shares them out.
 *
 *   p = sum over x >= marked of C(size, x) C(all - size, allMarked - x) / C(all, allMarked)
 *
 * @returns above 0, at most 1
 */
export function fisherExact({ marked, size, allMarked, all }: MarkedGroup): number {
  const logOfFactorial = logFactorials(all);
  const choose = (n: number, k: number) =>
    (logOfFactorial[n] as number) - (logOfFactorial[k] as number) - (logOfFactorial[n - k] as number);
  const total = choose(all, allMarked);
  let p = 0;
  for (let x = Math.max(marked, size + allMarked - all); x <= Math.min(size, allMarked); x++) {
    p += Math.exp(choose(size, x) + choose(all - size, allMarked - x) - total);
  }
  return Math.min(1, p);
}

/** log n! for n = 0 .. most */
function logFactorials(most: number): Float64Array {
  const logs = new Float64Array(most + 1);
  for (let n = 2; n <= most; n++) logs[n] = (logs[n - 1] as number) + Math.log(n);
  return logs;
}
