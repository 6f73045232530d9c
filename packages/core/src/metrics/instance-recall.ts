import { extremesOf, unitScale } from "./extremes.js";

/** Above which share of its range, 0 to 1, the map covers a pixel of an instance. */
export const INSTANCE_DELTA = 0.25;

/** Of how much of an instance the map must cover the pixels, so that the instance counts as found. */
export const INSTANCE_COVER = 0.5;

/**
 * How many of a class's objects in one picture the map finds, of those that the model saw a pixel of.
 *
 *   recall = count(instances with |M and I| >= 1/2 |I|) / count(instances)
 *   M: where the map, brought to [0, 1] by its own extremes, is above 0.25
 *
 * A map that marks the whole picture finds all: read it beside a measure of what lies outside.
 * @param map [h, w] on any scale; NaN where the model did not look: such pixels are left out of the instances
 * @param instances of the class, each [h, w], 1 on the instance, 0 beside it
 * @returns 0 to 1; NaN where no instance is in view
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
