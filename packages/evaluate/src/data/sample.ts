import { LimnError } from "@limn/core";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { DataSet } from "./data-set.js";
import { fingerprintOf } from "./fingerprint.js";

/**
 * Some of a data set's pictures, chosen at random without replacement, in the data's order. A seed's larger samples
 * hold its smaller ones. Where there are no more pictures than are wanted, all are taken, with a warning where there
 * are fewer.
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
    const warning = `a sample of ${count} was asked for, but there are ${total} pictures: all of them are taken`;
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
