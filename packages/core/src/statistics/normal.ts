/** From so many standard deviations on, the continued fraction is used instead of the series. */
const FAR = 3;

/** With so many terms, both are as precise as float64. */
const TERMS = 60;

/**
 * The probability that a standard normal value is above z.
 *
 *   z < 3:  1/2 - phi(z) (z + z^3 / 3 + z^5 / (3 5) + z^7 / (3 5 7) + ...)
 *   else:   phi(z) / (z + 1 / (z + 2 / (z + 3 / (z + ...))))                    phi(z) = exp(-z^2 / 2) / sqrt(2 pi)
 *
 * Series and fraction as in Abramowitz and Stegun 1964, 26.2.11 and 26.2.14; the fraction keeps tiny tails exact.
 * @param z 0 or above
 * @returns 0 to 1/2, to about 13 digits
 */
export function upperTail(z: number): number {
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z < FAR) {
    let sum = 0;
    let term = z;
    for (let k = 1; k <= TERMS; k++) {
      sum += term;
      term *= (z * z) / (2 * k + 1);
    }
    return 0.5 - density * sum;
  }
  let fraction = z;
  for (let k = TERMS; k > 0; k--) fraction = z + k / fraction;
  return density / fraction;
}
