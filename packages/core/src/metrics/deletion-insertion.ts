/**
 * Area under a curve of deletion or insertion (Petsiuk et al. 2018, sec. 4.2) by trapezoids; its points are evenly spaced
 * over the fraction of changed pixels from 0 to 1.
 *
 *   A = (p_0 / 2 + p_1 + ... + p_(k-1) + p_k / 2) / k
 *
 * @param probabilities the class's probabilities, from no pixel changed to all: at least two
 * @returns 0 to 1; NaN if a probability is NaN, or if there are fewer than two
 */
export function areaUnderCurve(probabilities: ArrayLike<number>): number {
  const k = probabilities.length - 1;
  let area = 0;
  for (let i = 0; i < k; i++) area += ((probabilities[i] as number) + (probabilities[i + 1] as number)) / 2;
  return k > 0 ? area / k : Number.NaN;
}
