import type { Grid, PictureSize, Rectangle } from "@limn/core";
import type { Place } from "../store/look.js";

/** The smallest side of a box, in pixels: what is smaller was a click. */
const LEAST = 3;

/** The box between two corners, within the photo; undefined if it is too small to be meant. */
export function boxBetween(a: Place, b: Place, { width, height }: PictureSize): Rectangle | undefined {
  const within = (v: number, most: number) => Math.min(Math.max(v, 0), most);
  const [left, right] = [within(Math.min(a.x, b.x), width), within(Math.max(a.x, b.x), width)];
  const [top, bottom] = [within(Math.min(a.y, b.y), height), within(Math.max(a.y, b.y), height)];
  const box = { x: left, y: top, width: right - left, height: bottom - top };
  return box.width >= LEAST && box.height >= LEAST ? box : undefined;
}

/**
 * How well a box and what of a map lies above a level cover each other:
 *
 *   IoU = |B and M| / |B or M|      M = { v >= t }
 *
 * @param map as it is drawn; its cells cover the part evenly
 * @param part of the photo that the map covers, in the photo's pixels, as the box is
 */
export function boxIou({ width, height, data }: Grid, part: Rectangle, box: Rectangle, level: number): number {
  let [both, either] = [0, 0];
  for (let row = 0; row < height; row++) {
    const y = part.y + ((row + 0.5) * part.height) / height;
    for (let column = 0; column < width; column++) {
      const x = part.x + ((column + 0.5) * part.width) / width;
      const isInBox = x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height;
      const isAbove = (data[row * width + column] as number) >= level;
      if (isInBox && isAbove) both++;
      if (isInBox || isAbove) either++;
    }
  }
  return either === 0 ? 0 : both / either;
}

/**
 * The share of what a map has above zero that lies in a box:
 *
 *   sum_{B, v > 0} v / sum_{v > 0} v
 *
 * @param map, part and box as for `boxIou`
 */
export function shareInBox({ width, height, data }: Grid, part: Rectangle, box: Rectangle): number {
  let [inside, all] = [0, 0];
  for (let row = 0; row < height; row++) {
    const y = part.y + ((row + 0.5) * part.height) / height;
    for (let column = 0; column < width; column++) {
      const x = part.x + ((column + 0.5) * part.width) / width;
      const value = data[row * width + column] as number;
      if (!(value > 0)) continue;
      all += value;
      if (x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height) inside += value;
    }
  }
  return all > 0 ? inside / all : 0;
}
