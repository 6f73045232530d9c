import { setTimeout } from "node:timers/promises";

/** The threads of the session that ran before spin for a while, on the cores that the next one needs. */
export const rest = () => setTimeout(100);

/** @returns what the action took, and what it gave */
export async function milliseconds(action) {
  const start = performance.now();
  const result = await action();
  return [performance.now() - start, result];
}

/**
 * Every round runs everything once, so that a machine that slows down slows all.
 * @param runs functions by name
 * @returns what each run took, in milliseconds, by name
 */
export async function interleaved(runs, { rounds, warmup }) {
  const samples = Object.fromEntries(Object.keys(runs).map((key) => [key, []]));
  for (let round = -warmup; round < rounds; round++) {
    for (const [key, run] of Object.entries(runs)) {
      await rest();
      const [ms] = await milliseconds(run);
      if (round >= 0) samples[key].push(ms);
    }
  }
  return samples;
}
