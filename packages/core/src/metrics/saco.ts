/**
 * The salience-guided faithfulness coefficient (Wu, Kang, Tang et al. 2024, algorithm 1): whether a map's values say how
 * much the parts of a picture matter.
 *
 *   SaCo = sum_(i < j) w_ij / sum_(i < j) |w_ij|
 *   w_ij = s_i - s_j if e_i >= e_j, else s_j - s_i
 *
 * s_i is the salience of group i, from the largest to the smallest, and e_i by how much the score falls if group i alone is
 * hidden.
 * @param salience as `salienceOf` gives it: [K]
 * @param effects falls of the score: [K]
 * @returns -1 to 1; NaN if all groups have the same salience, since such a map makes no difference between them
 */
export function saco(salience: ArrayLike<number>, effects: ArrayLike<number>): number {
  let agreement = 0;
  let total = 0;
  for (let i = 0; i < salience.length; i++) {
    for (let j = i + 1; j < salience.length; j++) {
      const difference = (salience[i] as number) - (salience[j] as number);
      agreement += (effects[i] as number) >= (effects[j] as number) ? difference : -difference;
      total += Math.abs(difference);
    }
  }
  return agreement / total;
}

/**
 * The salience of groups of pixels: the mean of the map over each. The paper takes the sum, which makes no difference for
 * groups of the same size; where K does not divide the pixels, sums would differ even in a constant map.
 *
 *   G_i: i n / K <= rank < (i + 1) n / K        i from 0
 *
 * @param map [H, W], on its own scale
 * @param ranks [H, W], 0 for the largest value
 * @returns [K]
 */
export function salienceOf(map: Float32Array, ranks: Float32Array, K: number): Float64Array {
  const n = map.length;
  const ordered = new Float32Array(n);
  ranks.forEach((rank, pixel) => {
    ordered[rank] = map[pixel] as number;
  });
  // bounds are float32 where pictures are hidden
  const startOf = (i: number) => Math.ceil(Math.fround((i / K) * n));
  return Float64Array.from({ length: K }, (_, i) => meanOf(ordered.subarray(startOf(i), startOf(i + 1))));
}

/** Summed in float64, in which the mean of equal values is that value. */
const meanOf = (values: Float32Array): number => values.reduce((sum, v) => sum + v, 0) / values.length;
