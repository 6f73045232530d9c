// What claims need to know about maps in addition to their measures. Maps are [H, W], without negative values.

/**
 * How alike neighboring pixels are: 1 for a smooth map, 0 for noise.
 *
 *   r = corr(M_p, M_q)        over all pairs of pixels p, q next to each other in a row or column
 *
 * @returns -1 to 1; NaN for a constant map
 */
export function neighborCorrelation(map: Float32Array, width: number): number {
  let [n, sa, sb, saa, sbb, sab] = [0, 0, 0, 0, 0, 0];
  const pair = (a: number, b: number) => {
    n++;
    sa += a;
    sb += b;
    saa += a * a;
    sbb += b * b;
    sab += a * b;
  };
  const { high } = extremesOf(map);
  for (let i = 0; i < map.length; i++) {
    // divided by the maximum, since squares of small values would be lost
    const v = (map[i] as number) / high;
    if ((i + 1) % width !== 0) pair(v, (map[i + 1] as number) / high);
    if (i + width < map.length) pair(v, (map[i + width] as number) / high);
  }
  return (n * sab - sa * sb) / Math.sqrt((n * saa - sa * sa) * (n * sbb - sb * sb));
}

/**
 * The share of an object that a map covers.
 *
 *   |M and B| / |B|        M: where the map, brought to [0, 1] by its own extremes, is above delta
 *
 * @param object [H, W], 1 on the object
 * @returns 0 to 1; NaN for an object without pixels
 */
export function coverage(map: Float32Array, object: Uint8Array, delta: number): number {
  const { low, high } = extremesOf(map);
  let [area, covered] = [0, 0];
  for (let i = 0; i < map.length; i++) {
    if (object[i] !== 1) continue;
    area++;
    if ((map[i] as number) - low > delta * (high - low)) covered++;
  }
  return covered / area;
}

/**
 * How far two maps are apart, each as a share of its own maximum.
 *
 *   max_p |A_p / max A - B_p / max B|        a map that is 0 everywhere stays so
 *
 * @returns 0 to 1
 */
export function largestDifference(a: Float32Array, b: Float32Array): number {
  const [scaleA, scaleB] = [scaleOf(a), scaleOf(b)];
  return a.reduce((largest, v, i) => Math.max(largest, Math.abs(v * scaleA - (b[i] as number) * scaleB)), 0);
}

/** The share of the pixels that are 1. */
export const areaOf = (mask: Uint8Array): number => mask.reduce((sum, v) => sum + v, 0) / mask.length;

const scaleOf = (map: Float32Array): number => {
  const { high } = extremesOf(map);
  return high > 0 ? 1 / high : 0;
};

function extremesOf(map: Float32Array): { low: number; high: number } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const v of map) {
    if (v < low) low = v;
    if (v > high) high = v;
  }
  return { low, high };
}
