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

/**
 * Hides the share of the photo where a map is largest.
 * @param view the part of the photo that the map lies on, in the photo's pixels; what lies outside of it comes last
 * @param share 0 to 1
 */
export function hiddenByMap(map: Grid, view: Rectangle, photo: PictureSize, share: number): Grid {
  const { width, height } = openMask(photo);
  const values = enlarged(map, view, { x: 0, y: 0, ...sizeOf(photo) }, { width, height });
  // outside of the view there is no value
  const isKnown = (i: number) => !Number.isNaN(values[i]);
  const all = Array.from(values.keys());
  const known = all.filter(isKnown).sort((a, b) => (values[b] as number) - (values[a] as number));
  const data = new Float32Array(width * height);
  for (const i of [...known, ...all.filter((j) => !isKnown(j))].slice(0, Math.round(share * data.length))) data[i] = 1;
  return { width, height, data };
}

const sizeOf = ({ width, height }: PictureSize): PictureSize => ({ width, height });
