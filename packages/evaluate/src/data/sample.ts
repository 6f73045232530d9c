import { LimnError } from "@limn/core";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { DataSet } from "./data-set.js";
import { fingerprintOf } from "./fingerprint.js";

/**
 * Chooses pictures at random without repetition, and keeps the data's order. With the same seed, a larger sample holds the
 * smaller one. If the data has no more pictures than are wanted, all are taken, with a warning if it has fewer.
 * @param count a whole number from 1
 * @param seed a whole number
 * @throws LimnError `bad-option`
 */
export function sampleOf(data: DataSet, count: number, seed: number): DataSet {
  if (!Number.isInteger(count) || count < 1) {
    throw new LimnError("bad-option", `sample ${count}: give a whole number from 1`);
  }
  if (!Number.isInteger(seed)) throw new LimnError("bad-option", `seed ${seed}: give a whole number`);
  const total = data.items.length;
  if (count >= total) {
    if (count === total) return data;
    const warning = `the sample is to have ${count} pictures, but the data has only ${total}; all of them are taken`;
    return { ...data, warnings: [...data.warnings, warning] };
  }
  const chosen = choose(count, total, seed);
  const items = Array.from(chosen, (index) => data.items[index] as DataSet["items"][number]);
  return {
    title: `${data.title}, a sample of ${count} (seed ${seed})`,
    items,
    objects: data.objects,
    classes: data.classes,
    warnings: data.warnings,
    fingerprint: fingerprintOf(items, data.fingerprint),
    open: (index) => data.open(chosen[index] as number),
  };
}

/** The first entries of a random order of all indices (Fisher and Yates), sorted. */
function choose(count: number, total: number, seed: number): Uint32Array {
  const random = xoroshiro128plus(seed);
  const indices = Uint32Array.from({ length: total }, (_, i) => i);
  for (let i = 0; i < count; i++) {
    const j = uniformInt(random, i, total - 1);
    [indices[i], indices[j]] = [indices[j] as number, indices[i] as number];
  }
  return indices.slice(0, count).sort();
}
