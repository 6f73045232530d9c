import type { Rectangle } from "../preprocess/geometry.js";
import type { Grid, PictureSize } from "../preprocess/grid.js";

/** The cubic of Mitchell and Netravali 1988 for B = C = 1/3, at a distance d >= 0. */
function mitchell(d: number): number {
  if (d < 1) return (7 / 6) * d ** 3 - 2 * d ** 2 + 8 / 9;
  return d < 2 ? (-7 / 18) * d ** 3 + 2 * d ** 2 - (10 / 3) * d + 16 / 9 : 0;
}

/** Where the samples of one axis lie between a map's cells. */
interface Samples {
  /** The first cell that each sample takes; -1 outside of the map. */
  readonly first: Int32Array;
  /** How many cells each sample takes. */
  readonly taken: number;
  /** The shares of these cells, `taken` for each sample; they sum to 1. */
  readonly shares: Float32Array;
}

// t = (start + (i + 1/2) pixel - from) / extent      the center of sample i, as a fraction of the map
// u = clamp(t n - 1/2, 0, n - 1)                     the same in cells, from the center of the first
// w_ij = mitchell(|u_i - j| / step)                  step: how far apart samples are in cells, at least 1
function samplesOf(
  cells: number,
  [from, extent]: [number, number],
  [start, length]: [number, number],
  count: number,
): Samples {
  const pixel = length / count;
  const step = Math.max((pixel * cells) / extent, 1);
  const taken = Math.min(Math.ceil(4 * step) + 1, cells);
  const first = new Int32Array(count);
  const shares = new Float32Array(count * taken);
  for (let i = 0; i < count; i++) {
    const t = (start + (i + 0.5) * pixel - from) / extent;
    if (!(t >= 0 && t < 1)) {
      first[i] = -1;
      continue;
    }
    const u = Math.min(Math.max(t * cells - 0.5, 0), cells - 1);
    const begin = Math.min(Math.max(Math.ceil(u - 2 * step), 0), cells - taken);
    first[i] = begin;
    let sum = 0;
    for (let k = 0; k < taken; k++) sum += shares[i * taken + k] = mitchell(Math.abs(u - begin - k) / step);
    for (let k = 0; k < taken; k++) shares[i * taken + k] = (shares[i * taken + k] as number) / sum;
  }
  return { first, taken, shares };
}

/**
 * Enlarges a map for the eye to any part of its picture in any size: what `MapPlacer.draw` gives for the whole picture in its
 * own size, for screens that zoom. These are not the map's numbers any more.
 * @param view the part of the picture that the map lies on, in the picture's pixels
 * @param part the part that is shown, likewise
 * @param size that the part is shown in
 * @returns height * width values, row by row, NaN outside of the view
 */
export function enlarged(map: Grid, view: Rectangle, part: Rectangle, { width, height }: PictureSize): Float32Array {
  const columns = samplesOf(map.width, [view.x, view.width], [part.x, part.width], width);
  const rows = samplesOf(map.height, [view.y, view.height], [part.y, part.height], height);
  const wide = new Float32Array(map.height * width);
  for (let x = 0; x < width; x++) {
    const first = columns.first[x] as number;
    for (let y = 0; y < map.height; y++) {
      let sum = first < 0 ? Number.NaN : 0;
      for (let k = 0; k < columns.taken; k++)
        sum += (columns.shares[x * columns.taken + k] as number) * (map.data[y * map.width + first + k] as number);
      wide[y * width + x] = sum;
    }
  }
  const result = new Float32Array(height * width);
  for (let y = 0; y < height; y++) {
    const first = rows.first[y] as number;
    const row = result.subarray(y * width, (y + 1) * width);
    if (first < 0) row.fill(Number.NaN);
    else
      for (let k = 0; k < rows.taken; k++) {
        const share = rows.shares[y * rows.taken + k] as number;
        const source = wide.subarray((first + k) * width, (first + k + 1) * width);
        for (let x = 0; x < width; x++) row[x] = (row[x] as number) + share * (source[x] as number);
      }
  }
  return result;
}
