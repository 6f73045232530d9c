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

/**
 * Intersection over union of the object with what the map finds, the map brought to [0, 1] by its own extremes.
 *
 *   IoU = |M and O| / |M or O|     M: where map > threshold
 *
 * @returns 0 to 1; NaN where there is neither an object nor a map
 */
export function iou(map: Float32Array, object: Uint8Array, threshold = IOU_THRESHOLD): number {
  const { inside, outside, object: whole } = areasOf(map, object, threshold);
  return inside / (whole + outside);
}

/**
 * The pointing game (Zhang et al. 2018) without tolerance: whether the map's first maximum lies on the object. A constant
 * map points nowhere.
 */
export function pointsInside(map: Float32Array, object: Uint8Array): boolean {
  const { low, high } = extremesOf(map);
  return high > low && object[map.indexOf(high)] === 1;
}

interface Areas {
  /** Of what the map finds, the part on the object, and the part beside it. */
  readonly inside: number;
  readonly outside: number;
  /** The object itself, where the model looked. */
  readonly object: number;
}

/** In pixels. */
function areasOf(map: Float32Array, object: Uint8Array, threshold: number): Areas {
  const { low, high } = extremesOf(map);
  // a constant map finds nothing
  const scale = high > low ? 1 / (high - low) : 0;
  const areas = { inside: 0, outside: 0, object: 0 };
  map.forEach((v, i) => {
    if (Number.isNaN(v)) return;
    const found = (v - low) * scale > threshold;
    if (object[i] === 1) areas.object++;
    if (found) areas[object[i] === 1 ? "inside" : "outside"]++;
  });
  return areas;
}

function extremesOf(map: Float32Array): { low: number; high: number } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const v of map) {
    if (v < low) low = v;
    if (v > high) high = v;
  }
  return { low, high };
}
