import { extremesOf, unitScale } from "./extremes.js";

/** A map covers the pixels at which it is above this value, once it is scaled to [0, 1]. */
export const INSTANCE_DELTA = 0.25;

/** The fraction of an instance's pixels that a map must cover to find it. */
export const INSTANCE_COVER = 0.5;

/**
 * The fraction of a class's objects in one picture that the map finds; only objects that the model saw part of count.
 *
 *   recall = count(instances with |M and I| >= 1/2 |I|) / count(instances)
 *   M: the pixels at which the map, scaled to [0, 1] by its own extremes, is above 0.25
 *
 * A map that marks the whole picture finds all objects, so read this together with a measure of what lies outside.
 * @param map [h, w] on any scale; NaN where the model did not look: such pixels are left out of the instances
 * @param instances the objects of the class, each [h, w], 1 on the object, 0 elsewhere
 * @returns 0 to 1; NaN if no instance is in view
 */
export function instanceRecall(map: Float32Array, instances: readonly Uint8Array[]): number {
  const extremes = extremesOf(map);
  const scale = unitScale(extremes);
  let found = 0;
  let inView = 0;
  for (const instance of instances) {
    let area = 0;
    let covered = 0;
    for (let i = 0; i < map.length; i++) {
      const v = map[i] as number;
      if (instance[i] !== 1 || Number.isNaN(v)) continue;
      area++;
      if ((v - extremes.low) * scale > INSTANCE_DELTA) covered++;
    }
    if (area === 0) continue;
    inView++;
    if (covered >= INSTANCE_COVER * area) found++;
  }
  return found / inView;
}
