import { type Extremes, extremesOf, unitScale } from "./extremes.js";

/** Above which share of a map's range, 0 to 1, a pixel counts as part of what the map finds. */
export const LOC_DELTA = 0.25;
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
 * The figures of one map and one object.
 * @param map [h, w] at the picture's resolution, on any scale; NaN where the model did not look: such pixels are left
 *   out of the map and of the object
 * @param object [h, w], 1 on the object (or in the union of its boxes), 0 beside it
 */
export const localizationOf = (map: Float32Array, object: Uint8Array): Localization => ({
  loc: loc(map, object),
  iou: iou(map, object),
  pointing: pointsInside(map, object),
});

/**
 * Localization of Grad-CAM++ (Chattopadhay et al. 2018), eq. 26, of the map brought to [0, 1] by its own extremes:
 *
 *   Loc = area(inside) / (area(box) + area(outside))     inside, outside: where map > delta, in and out of the box
 *
 * The divisor is the area of the union: at one threshold, Loc is the IoU.
 * @returns 0 to 1; NaN where there is neither an object nor a map
 */
export const loc = (map: Float32Array, object: Uint8Array, delta = LOC_DELTA): number => iou(map, object, delta);

/** Loc at several deltas, in their order: its extremes are sought once. @returns as `loc` */
export function locs(map: Float32Array, object: Uint8Array, deltas: readonly number[]): number[] {
  const extremes = extremesOf(map);
  return deltas.map((delta) => overlap(map, object, delta, extremes));
}

/**
 * Intersection over union of the object with what the map finds, the map brought to [0, 1] by its own extremes.
 *
 *   IoU = |M and O| / |M or O|     M: where map > threshold
 *
 * @returns 0 to 1; NaN where there is neither an object nor a map
 */
export const iou = (map: Float32Array, object: Uint8Array, threshold = IOU_THRESHOLD): number =>
  overlap(map, object, threshold, extremesOf(map));

/**
 * The pointing game (Zhang et al. 2018) without tolerance: whether the map's first maximum lies on the object. A constant
 * map points nowhere.
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
