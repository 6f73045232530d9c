/**
 * What masking a picture by its map costs the class, of Average Drop % (Chattopadhay et al. 2018; the mean over all
 * pictures, also those that gain):
 *
 *   drop = 100 max(0, Y - O) / Y
 *
 * Where Y is 0 there is nothing to lose: the drop is 0, as it is wherever O is not below Y.
 * @param Y the class's probability on the whole picture, 0 to 1
 * @param O its probability on the masked picture, 0 to 1
 * @returns 0 to 100; NaN where a probability is
 */
export const dropOf = (Y: number, O: number): number => (100 * Math.max(0, Y - O)) / (Y || 1);

/**
 * Whether the class gains by masking, of Increase in Confidence % (Chattopadhay et al. 2018; the mean over all pictures):
 *
 *   increase = 100 [Y < O]        strictly
 *
 * @returns 100 or 0; NaN where a probability is
 */
export function increaseOf(Y: number, O: number): number {
  if (Number.isNaN(Y) || Number.isNaN(O)) return Number.NaN;
  return Y < O ? 100 : 0;
}

/**
 * Which of two methods loses less of the same picture, of Win % (Chattopadhay et al. 2018; the mean over all
 * pictures). A tie is half a win for each, so that win(a, b) + win(b, a) = 100.
 *
 * @param drop of the method that is asked about, as `dropOf` gives it
 * @param other the other method's
 * @returns 100, 50 or 0; NaN where a drop is
 */
export function winOf(drop: number, other: number): number {
  if (Number.isNaN(drop) || Number.isNaN(other)) return Number.NaN;
  if (drop === other) return 50;
  return drop < other ? 100 : 0;
}
