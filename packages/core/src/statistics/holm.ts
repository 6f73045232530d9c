/**
 * Corrects p-values for how many there are (Holm 1979), so that the probability of one or more false findings among all
 * of them is at most the level that each is compared with.
 *
 *   p_(1) <= ... <= p_(m)        corrected p_(i) = max over j <= i of min(1, (m - j + 1) p_(j))
 *
 * It holds whatever the tests have to do with each other, and rejects all that Bonferroni's correction rejects.
 * @returns the corrected values, in the given order
 */
export function holm(ps: readonly number[]): number[] {
  const rising = [...ps.keys()].sort((a, b) => (ps[a] as number) - (ps[b] as number));
  const corrected = new Array<number>(ps.length);
  let largest = 0;
  rising.forEach((i, rank) => {
    largest = Math.max(largest, Math.min(1, (ps.length - rank) * (ps[i] as number)));
    corrected[i] = largest;
  });
  return corrected;
}
