import type { Grid, PictureSize, Rectangle } from "@limn/core";
import type { Place } from "../store/look.js";

/** A part of a photo that a person marks, to compare maps with. */
export interface Region {
  readonly kind: "box" | "outline";
  /** The corners of its outline, in the photo's pixels. */
  readonly corners: readonly Place[];
}

/** The least area of a region, in pixels: what is smaller was a click. */
const LEAST = 9;

/** The box between two corners, or the outline through all of the places, within the photo; undefined if it is too small to be meant. */
export function regionThrough(
  kind: Region["kind"],
  places: readonly Place[],
  { width, height }: PictureSize,
): Region | undefined {
  const within = (v: number, most: number) => Math.min(Math.max(v, 0), most);
  const inside = places.map(({ x, y }) => ({ x: within(x, width), y: within(y, height) }));
  const [a, b] = [inside[0], inside.at(-1)];
  if (!a || !b) return undefined;
  const corners = kind === "box" ? [a, { x: b.x, y: a.y }, b, { x: a.x, y: b.y }] : inside;
  return areaOf(corners) >= LEAST ? { kind, corners } : undefined;
}

/** The region of a box. */
export const boxed = ({ x, y, width, height }: Rectangle): Region => ({
  kind: "box",
  corners: [
    { x, y },
    { x: x + width, y },
    { x: x + width, y: y + height },
    { x, y: y + height },
  ],
});

/** |sum_i (x_i y_i+1 - x_i+1 y_i)| / 2 */
function areaOf(corners: readonly Place[]): number {
  const terms = corners.map(({ x, y }, i) => {
    const next = corners[(i + 1) % corners.length] as Place;
    return x * next.y - next.x * y;
  });
  return Math.abs(terms.reduce((sum, term) => sum + term, 0)) / 2;
}

/**
 * The cells of a grid whose middles lie in a region, row by row between the edges that cross it.
 * @param part of the photo that the grid covers, in the photo's pixels
 * @returns 1 inside, 0 outside
 */
export function maskOf({ corners }: Region, part: Rectangle, { width, height }: PictureSize): Uint8Array {
  const mask = new Uint8Array(width * height);
  const columnAt = (x: number) => Math.ceil(((x - part.x) / part.width) * width - 0.5);
  for (let row = 0; row < height; row++) {
    const y = part.y + ((row + 0.5) * part.height) / height;
    const crossed = corners.flatMap((a, i) => {
      const b = corners[(i + 1) % corners.length] as Place;
      return a.y <= y === b.y <= y ? [] : [a.x + ((y - a.y) / (b.y - a.y)) * (b.x - a.x)];
    });
    crossed.sort((a, b) => a - b);
    for (let i = 0; i + 1 < crossed.length; i += 2) {
      const [from, to] = [columnAt(crossed[i] as number), columnAt(crossed[i + 1] as number)];
      if (to > 0) mask.fill(1, row * width + Math.max(from, 0), row * width + Math.min(to, width));
    }
  }
  return mask;
}

/**
 * How well a region and what of a map lies above a level cover each other:
 *
 *   IoU = |B and M| / |B or M|      M = { v >= t }
 *
 * @param mask of the region, on the cells of the map
 */
export function iouWith({ data }: Pick<Grid, "data">, mask: Uint8Array, level: number): number {
  let [both, either] = [0, 0];
  data.forEach((value, i) => {
    const [isIn, isAbove] = [mask[i] === 1, value >= level];
    if (isIn && isAbove) both++;
    if (isIn || isAbove) either++;
  });
  return either === 0 ? 0 : both / either;
}

/**
 * The share of what a map has above zero that lies in a region:
 *
 *   sum_{B, v > 0} v / sum_{v > 0} v
 *
 * @param mask as for `iouWith`
 */
export function shareIn({ data }: Pick<Grid, "data">, mask: Uint8Array): number {
  let [inside, all] = [0, 0];
  data.forEach((value, i) => {
    if (!(value > 0)) return;
    all += value;
    if (mask[i] === 1) inside += value;
  });
  return all > 0 ? inside / all : 0;
}
