// How similar two maps are, by the two measures of Adebayo et al. 2018, sec. 3. Both compare absolute values, since
// methods without signs, and signs that flip, would not be comparable otherwise.

/**
 * Spearman's rank correlation of the maps' absolute values: whether the same pixels matter more than others. Equal
 * values share their mean rank.
 *
 *   rho = cov(rank |a|, rank |b|) / (deviation(rank |a|) deviation(rank |b|))
 * @param a row by row, as many values as b
 * @returns -1 to 1, 1 for the same order; NaN if a map is constant or not finite
 */
export function rankCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  refuseOtherLength(a, b);
  const [x, y] = [ranksOf(a), ranksOf(b)];
  // ranks 1 to n have this mean, ties or not
  const center = (a.length + 1) / 2;
  let xy = 0;
  let xx = 0;
  let yy = 0;
  for (let i = 0; i < a.length; i++) {
    const dx = (x[i] as number) - center;
    const dy = (y[i] as number) - center;
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return xy / Math.sqrt(xx * yy);
}

/** Ranks of the absolute values, from 1; all NaN if a value is not finite. */
function ranksOf(values: ArrayLike<number>): Float64Array {
  const magnitudes = new Float64Array(values).map(Math.abs);
  if (!magnitudes.every(Number.isFinite)) return magnitudes.fill(Number.NaN);
  // numbers alone are sorted several times as fast as their places would be by a comparison
  const sorted = magnitudes.slice().sort();
  // the rank of a value, at the first of its places
  const rankAt = new Float64Array(sorted.length);
  for (let from = 0; from < sorted.length; ) {
    let to = from;
    while (to < sorted.length && sorted[to] === sorted[from]) to++;
    rankAt[from] = (from + to + 1) / 2;
    from = to;
  }
  return magnitudes.map((v) => rankAt[firstPlace(sorted, v)] as number);
}

/** Where a value is first in sorted ones that have it. */
function firstPlace(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Side of the square windows in pixels: scikit-image's default. Wang et al. 2004 use larger windows that they smooth. */
export const SSIM_WINDOW = 7;

/**
 * Structural similarity (Wang, Bovik, Sheikh, Simoncelli 2004, eq. 13) of the maps' absolute values, each map scaled to
 * [0, 1] by its own extremes, as the mean over all square windows within the map.
 *
 *   SSIM = (2 mu_a mu_b + C1)(2 s_ab + C2) / ((mu_a^2 + mu_b^2 + C1)(s_a^2 + s_b^2 + C2))   C1 = 0.01^2, C2 = 0.03^2
 * @param a height * width values, row by row
 * @param b as many values as a
 * @param width of both maps; if a map is smaller than a window, the window is as large as the map
 * @returns -1 to 1, 1 for the same map (up to a factor if both reach 0); NaN if a value is not finite
 */
export function structuralSimilarity(a: ArrayLike<number>, b: ArrayLike<number>, width: number): number {
  refuseOtherLength(a, b);
  const height = a.length / width;
  const [x, y] = [unitOf(a), unitOf(b)];
  const rows = Math.min(SSIM_WINDOW, height);
  const columns = Math.min(SSIM_WINDOW, width);
  let sum = 0;
  for (let top = 0; top + rows <= height; top++) {
    for (let left = 0; left + columns <= width; left++)
      sum += windowSimilarity(x, y, { top, left, rows, columns, width });
  }
  return sum / ((height - rows + 1) * (width - columns + 1));
}

const C1 = 0.01 ** 2;
const C2 = 0.03 ** 2;

interface Window {
  readonly top: number;
  readonly left: number;
  readonly rows: number;
  readonly columns: number;
  /** The width of the map. */
  readonly width: number;
}

function windowSimilarity(a: Float64Array, b: Float64Array, { top, left, rows, columns, width }: Window): number {
  const n = rows * columns;
  let [sa, sb, saa, sbb, sab] = [0, 0, 0, 0, 0];
  for (let y = top; y < top + rows; y++) {
    for (let x = left; x < left + columns; x++) {
      const [va, vb] = [a[y * width + x] as number, b[y * width + x] as number];
      sa += va;
      sb += vb;
      saa += va * va;
      sbb += vb * vb;
      sab += va * vb;
    }
  }
  const [ma, mb] = [sa / n, sb / n];
  const [variances, covariance] = [saa / n - ma * ma + sbb / n - mb * mb, sab / n - ma * mb];
  return ((2 * ma * mb + C1) * (2 * covariance + C2)) / ((ma * ma + mb * mb + C1) * (variances + C2));
}

/** (|v| - min) / (max - min), 0 for a constant map. */
function unitOf(values: ArrayLike<number>): Float64Array {
  const magnitudes = new Float64Array(values).map(Math.abs);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const v of magnitudes) {
    // a NaN would pass both comparisons below
    if (Number.isNaN(v)) return magnitudes.fill(Number.NaN);
    if (v < low) low = v;
    if (v > high) high = v;
  }
  return high > low ? magnitudes.map((v) => (v - low) / (high - low)) : magnitudes.fill(0);
}

function refuseOtherLength(a: ArrayLike<number>, b: ArrayLike<number>): void {
  if (a.length !== b.length) {
    throw new RangeError(`the maps have ${a.length} and ${b.length} values; compare maps of the same size`);
  }
}
