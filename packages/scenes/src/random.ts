import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";

/** Random choices that depend on a seed and a stream's number only, and are the same on every machine. */
export class Random {
  readonly #generator: RandomGenerator;

  /** @param seed and @param stream whole numbers; streams of one seed are independent of each other */
  constructor(seed: number, stream: number) {
    this.#generator = xoroshiro128plusFromState([
      scrambled(seed),
      scrambled(seed + 0x9e3779b9),
      scrambled(stream ^ 0x85ebca6b),
      // never 0, as a state of nothing but zeros would stay so
      scrambled(stream) | 1,
    ]);
    for (let i = 0; i < 8; i++) this.bits();
  }

  /** 32 random bits as a signed whole number. */
  bits(): number {
    return this.#generator.next();
  }

  /** Uniform in [0, 1). */
  number(): number {
    return (this.bits() >>> 0) / 2 ** 32;
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.number();
  }

  /** A whole number from low to high, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.number() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.number() < probability;
  }

  pick<T>(entries: readonly T[]): T {
    return entries[Math.floor(this.number() * entries.length)] as T;
  }

  /** The entries in random order (Fisher and Yates). */
  shuffled<T>(entries: readonly T[]): T[] {
    const result = [...entries];
    for (let i = result.length - 1; i > 0; i--) {
      const j = this.integer(0, i);
      [result[i], result[j]] = [result[j] as T, result[i] as T];
    }
    return result;
  }

  /** A direction, nearly uniform on the circle. It takes products only, since JavaScript engines differ in their sines. */
  direction(): Direction {
    const t = this.between(-QUARTER, QUARTER);
    const quarters = this.integer(0, 3);
    let [cos, sin] = [(1 - t * t) / (1 + t * t), (2 * t) / (1 + t * t)];
    for (let i = 0; i < quarters; i++) [cos, sin] = [-sin, cos];
    return { cos, sin };
  }

  /** A direction near to straight ahead. @param tangent of half the largest angle */
  tilt(tangent: number): Direction {
    const t = this.between(-tangent, tangent);
    return { cos: (1 - t * t) / (1 + t * t), sin: (2 * t) / (1 + t * t) };
  }
}

export interface Direction {
  readonly cos: number;
  readonly sin: number;
}

/** The tangent of an eighth of half a turn: half of 45 degrees. */
const QUARTER = 0.41421356;

/** Spreads a whole number over 32 bits (the finalizer of MurmurHash3). */
function scrambled(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
