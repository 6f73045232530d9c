import { enlarged, type Grid, type PictureSize, type Rectangle } from "@limn/core";

/** How finely a mask tells hidden from seen, along the photo's longer side. */
const FINE = 256;

/** A mask of a photo on which nothing is hidden. */
export function openMask({ width, height }: PictureSize): Grid {
  const unit = Math.min(1, FINE / Math.max(width, height));
  const size = { width: Math.max(1, Math.round(width * unit)), height: Math.max(1, Math.round(height * unit)) };
  return { ...size, data: new Float32Array(size.width * size.height) };
}

/** A place on a photo, as shares of its width and height. */
export interface Spot {
  readonly x: number;
  readonly y: number;
}

/**
 * A mask after a stroke of a round brush.
 * @param radius as a share of the mask's longer side
 * @param hides whether the brush hides, or brings back
 */
export function stroked(mask: Grid, from: Spot, to: Spot, radius: number, hides: boolean): Grid {
  const { width, height } = mask;
  const r = radius * Math.max(width, height);
  const [ax, ay, bx, by] = [from.x * width, from.y * height, to.x * width, to.y * height];
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const data = mask.data.slice();
  const [left, right] = [Math.min(ax, bx) - r - 1, Math.max(ax, bx) + r + 1].map((v) => inside(v, width)) as [
    number,
    number,
  ];
  const [top, bottom] = [Math.min(ay, by) - r - 1, Math.max(ay, by) + r + 1].map((v) => inside(v, height)) as [
    number,
    number,
  ];
  for (let j = top; j < bottom; j++) {
    for (let i = left; i < right; i++) {
      const [x, y] = [i + 0.5 - ax, j + 0.5 - ay];
      const t = length === 0 ? 0 : Math.min(Math.max((x * dx + y * dy) / length, 0), 1);
      // the edge is a pixel wide
      const paint = Math.min(Math.max(r - Math.hypot(x - t * dx, y - t * dy) + 0.5, 0), 1);
      const at = j * width + i;
      const before = data[at] as number;
      data[at] = hides ? Math.max(before, paint) : Math.min(before, 1 - paint);
    }
  }
  return { width, height, data };
}

const inside = (v: number, size: number): number => Math.min(Math.max(Math.round(v), 0), size);

/** Hidden and seen exchanged. */
export const inverted = ({ width, height, data }: Grid): Grid => ({ width, height, data: data.map((v) => 1 - v) });

/** The share of the photo that is hidden, 0 to 1. */
export const shareHidden = ({ data }: Grid): number => data.reduce((sum, v) => sum + v, 0) / data.length;

/** A map's values at the places of a mask. What the map does not lie on comes last. */
export interface MapOrder {
  readonly values: Float32Array;
  /** The same, the smallest first. */
  readonly rising: Float32Array;
}

/** @param view the part of the photo that the map lies on, in the photo's pixels */
export function orderOf(map: Grid, view: Rectangle, photo: PictureSize): MapOrder {
  const { width, height } = openMask(photo);
  const whole = { x: 0, y: 0, width: photo.width, height: photo.height };
  const values = enlarged(map, view, whole, { width, height }).map((v) => (Number.isNaN(v) ? -Infinity : v));
  return { values, rising: values.slice().sort() };
}

/** Hides the share of the photo where a map is largest. @param share 0 to 1 */
export function hiddenFirst({ values, rising }: MapOrder, photo: PictureSize, share: number): Grid {
  const mask = openMask(photo);
  const count = Math.round(share * values.length);
  const level = rising[values.length - count] ?? Infinity;
  // of places with the same value, such as a map's zeros, only as many as are to be hidden
  let left = count;
  for (const value of values) if (value > level) left--;
  values.forEach((value, i) => {
    if (value > level || (value === level && left-- > 0)) mask.data[i] = 1;
  });
  return mask;
}
