import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";

/** Random numbers: the same seed gives the same ones on every machine. */
export class Noise {
  readonly #generator: RandomGenerator;

  /** @param seed a whole number from 0 to 2^32 - 1 */
  constructor(seed: number) {
    this.#generator = xoroshiro128plus(seed | 0);
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + ((high - low) * (this.#generator.next() >>> 0)) / 2 ** 32;
  }

  /** Numbers that are nearly normally distributed with mean 0: sums of twelve uniform numbers (Irwin and Hall). */
  normal(count: number, deviation: number): Float32Array {
    return Float32Array.from({ length: count }, () => {
      let sum = -6;
      for (let i = 0; i < 12; i++) sum += this.between(0, 1);
      return deviation * sum;
    });
  }
}
