import { type Extremes, extremesOf, unitScale } from "./extremes.js";

/** The default threshold of `loc`, for maps scaled to [0, 1]. */
export const LOC_DELTA = 0.25;

/** The default threshold of `iou`, for maps scaled to [0, 1]. */
export const IOU_THRESHOLD = 0.5;

/** How well a map finds an object. */
export interface Localization {
  /** `loc` at LOC_DELTA. */
  readonly loc: number;
  /** `iou` at IOU_THRESHOLD. */
  readonly iou: number;
  /** Whether `pointsInside`. */
  readonly pointing: boolean;
}

/**
 * How well one map finds one object.
 * @param map [h, w] at the picture's resolution, on any scale; NaN where the model did not look: such pixels are left
 *   out of the map and of the object
 * @param object [h, w], 1 on the object (or in the union of its boxes), 0 elsewhere
 */
export const localizationOf = (map: Float32Array, object: Uint8Array): Localization => ({
  loc: loc(map, object),
  iou: iou(map, object),
  pointing: pointsInside(map, object),
});

/**
 * The localization measure of Grad-CAM++ (Chattopadhay et al. 2018), eq. 26, for the map scaled to [0, 1] by its own extremes:
 *
 *   Loc = area(inside) / (area(box) + area(outside))     inside, outside: where map > delta, in and out of the box
 *
 * The divisor is the area of the union, so Loc is the IoU at this threshold.
 * @param map [h, w]; NaN where the model did not look
 * @param object [h, w], 1 on the object, 0 elsewhere
 * @returns 0 to 1; NaN if there is neither an object nor a map
 */
export const loc = (map: Float32Array, object: Uint8Array, delta = LOC_DELTA): number => iou(map, object, delta);

/** `loc` at several deltas, in their order. Faster than one by one. @returns as `loc` */
export function locs(map: Float32Array, object: Uint8Array, deltas: readonly number[]): number[] {
  const extremes = extremesOf(map);
  return deltas.map((delta) => overlap(map, object, delta, extremes));
}

/**
 * Intersection over union of the object and what the map finds, for the map scaled to [0, 1] by its own extremes.
 *
 *   IoU = |M and O| / |M or O|     M: where map > threshold
 *
 * @param map [h, w]; NaN where the model did not look
 * @param object [h, w], 1 on the object, 0 elsewhere
 * @returns 0 to 1; NaN if there is neither an object nor a map
 */
export const iou = (map: Float32Array, object: Uint8Array, threshold = IOU_THRESHOLD): number =>
  overlap(map, object, threshold, extremesOf(map));

/**
 * The pointing game (Zhang et al. 2018) without tolerance: whether the map's first maximum lies on the object; false for
 * constant maps.
 * @param map [h, w]; NaN where the model did not look
 * @param object [h, w], 1 on the object, 0 elsewhere
 */
export function pointsInside(map: Float32Array, object: Uint8Array): boolean {
  const { low, high } = extremesOf(map);
  return high > low && object[map.indexOf(high)] === 1;
}

function overlap(map: Float32Array, object: Uint8Array, threshold: number, extremes: Extremes): number {
  const { low } = extremes;
  const scale = unitScale(extremes);
  let found = 0;
  let inside = 0;
  let missed = 0;
  for (let i = 0; i < map.length; i++) {
    const v = map[i] as number;
    if ((v - low) * scale > threshold) {
      found++;
      if (object[i] === 1) inside++;
    } else if (object[i] === 1 && !Number.isNaN(v)) missed++;
  }
  return inside / (found + missed);
}
