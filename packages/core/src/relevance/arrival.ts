/** How many times the score may arrive, at least and at most, for a map to be said to show where the score comes from. */
const PLAUSIBLE = [0.5, 1.5] as const;

/** How much of the relevance that the logits start with arrives at another value, such as the image. */
export interface Arrival {
  /** The sum there over the sum at the start: 1 if all of it arrives. Undefined for seeds that sum to 0. */
  readonly share: number | undefined;
  /** Whether so much arrives that a map of it shows where the score comes from. */
  readonly plausible: boolean;
}

/**
 * Judges how much relevance arrives. Rules that conserve it let all of it arrive, "the sum after is the sum before" (Bach et
 * al. 2015, eq. 2); biases and stabilizers that keep or add many times the score leave a map that says nothing about it.
 * @param start the sum of the relevance at the logits
 * @param end the sum of the relevance at the image
 */
export function arrivalOf(start: number, end: number): Arrival {
  // contrastive seeds sum to 0
  if (start === 0) return { share: undefined, plausible: true };
  const share = end / start;
  return { share, plausible: share >= PLAUSIBLE[0] && share <= PLAUSIBLE[1] };
}
