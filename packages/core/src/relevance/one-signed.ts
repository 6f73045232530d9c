import type { Value } from "../graph/graph.js";
import { nonNegativity } from "../non-negative.js";

/**
 * Tells which relevance of a seed is known to have one sign in all of an image, as z-plus gives it to the score of one class. What
 * is computed from the seed is linear in it, so it has the seed's sign if it is not negative where the seed is not.
 */
export class OneSigned {
  readonly #given: Set<Value>;
  readonly #isNonNegative: (value: Value) => boolean;

  /** @param seed the relevance of the logits */
  constructor(seed: Value) {
    this.#given = new Set(isOfOneClass(seed) ? [seed] : []);
    this.#isNonNegative = nonNegativity(this.#given);
  }

  has(R: Value): boolean {
    return this.#given.size > 0 && this.#isNonNegative(R);
  }

  /** Adds shares of relevance of one sign, by contributions that all are positive. */
  add(share: Value): void {
    this.#given.add(share);
  }
}

/** Whether all numbers of an image except one are 0. */
function isOfOneClass({ producer }: Value): boolean {
  if (producer?.opType === "OneHot") return true;
  const passes = producer?.opType === "Mul" || producer?.opType === "Cast";
  return passes && producer.inputs.some((input) => input !== undefined && isOfOneClass(input));
}
