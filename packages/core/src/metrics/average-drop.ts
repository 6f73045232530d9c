/**
 * How much of its probability the class loses if the map masks the picture. Average Drop % is the mean over all pictures,
 * including those that gain (Chattopadhay et al. 2018).
 *
 *   drop = 100 max(0, Y - O) / Y
 *
 * It is 0 if Y is 0, and if O is not below Y.
 * @param Y the class's probability for the whole picture, 0 to 1
 * @param O its probability for the masked picture, 0 to 1
 * @returns 0 to 100; NaN if a probability is NaN
 */
export const dropOf = (Y: number, O: number): number => (100 * Math.max(0, Y - O)) / (Y || 1);

/**
 * Whether the class gains probability if the map masks the picture. Increase in Confidence % is the mean over all pictures
 * (Chattopadhay et al. 2018).
 *
 *   increase = 100 [Y < O]        strictly
 *
 * @param Y the class's probability for the whole picture, 0 to 1
 * @param O its probability for the masked picture, 0 to 1
 * @returns 100 or 0; NaN if a probability is NaN
 */
export function increaseOf(Y: number, O: number): number {
  if (Number.isNaN(Y) || Number.isNaN(O)) return Number.NaN;
  return Y < O ? 100 : 0;
}

/**
 * Whether a method loses less than another one for the same picture. Win % is the mean over all pictures (Chattopadhay et
 * al. 2018). A tie is half a win for each, so that win(a, b) + win(b, a) = 100.
 *
 * @param drop the method's drop, as `dropOf` gives it
 * @param other the other method's drop
 * @returns 100, 50 or 0; NaN if a drop is NaN
 */
export function winOf(drop: number, other: number): number {
  if (Number.isNaN(drop) || Number.isNaN(other)) return Number.NaN;
  if (drop === other) return 50;
  return drop < other ? 100 : 0;
}
