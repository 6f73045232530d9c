import { extremesOf, unitScale } from "./extremes.js";

/** How well a map tells an object's pixels from the others. */
export interface Segmentation {
  /** The share of pixels that are on the right side, 0 to 1. */
  readonly pixelAccuracy: number;
  /** The mean of the IoU of the object and that of the rest, 0 to 1. */
  readonly meanIou: number;
  /** The average precision of both answers, 0 to 1. */
  readonly averagePrecision: number;
}

/**
 * The segmentation test of Chefer et al. 2021 (CVPR, sec. 4.1) for one map.
 *
 *   F: M > mean(M)
 *   accuracy = |F = B| / n        mIoU = (|F and B| / |F or B| + |not F and not B| / |not F or not B|) / 2
 *
 * @param map [h, w] at the picture's resolution, on any scale; NaN where the model did not look: such pixels are left out
 * @param object [h, w], 1 on the object, 0 elsewhere
 * @returns NaN for what has no pixels
 */
export function segmentationOf(map: Float32Array, object: Uint8Array): Segmentation {
  const seen = map.filter((v) => !Number.isNaN(v));
  const threshold = seen.reduce((sum, v) => sum + v, 0) / seen.length;
  // pixels by whether they are marked, and on the object
  const counts = { both: 0, marked: 0, object: 0, none: 0 };
  map.forEach((v, i) => {
    if (Number.isNaN(v)) return;
    const isObject = object[i] === 1;
    if (v > threshold) counts[isObject ? "both" : "marked"]++;
    else counts[isObject ? "object" : "none"]++;
  });
  const { both, marked, object: missed, none } = counts;
  const wrong = marked + missed;
  return {
    pixelAccuracy: (both + none) / seen.length,
    meanIou: (both / (both + wrong) + none / (none + wrong)) / 2,
    averagePrecision: averagePrecision(map, object),
  };
}

/**
 * The average precision of two answers a pixel: "on the object" with the score m, the map scaled to [0, 1] by its own
 * extremes, and "off the object" with 1 - m.
 *
 *   AP = 1/n sum_i P(q_i)        P(t) = |q >= t| / (|q >= t| + |1 - q >= t|)
 *
 * q_i is the score of the right answer of pixel i: m_i on the object and 1 - m_i off it; the wrong answer has 1 - q_i. The
 * recall rises by 1/n at each q_i, so that AP is the sum of precisions by rises of recall. A constant map has 1/2.
 */
function averagePrecision(map: Float32Array, object: Uint8Array): number {
  const extremes = extremesOf(map);
  const scale = unitScale(extremes);
  const right: number[] = [];
  map.forEach((v, i) => {
    if (Number.isNaN(v)) return;
    const m = (v - extremes.low) * scale;
    right.push(object[i] === 1 ? m : 1 - m);
  });
  const q = Float64Array.from(right).sort();
  const n = q.length;
  let sum = 0;
  // from the largest score down; equal scores count together
  let wrong = 0;
  for (let end = n; end > 0; ) {
    const t = q[end - 1] as number;
    let start = end - 1;
    while (start > 0 && q[start - 1] === t) start--;
    while (wrong < n && 1 - (q[wrong] as number) >= t) wrong++;
    const found = n - start;
    sum += ((end - start) * found) / (found + wrong);
    end = start;
  }
  return sum / n;
}
