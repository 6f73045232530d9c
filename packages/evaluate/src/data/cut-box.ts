import type { Rectangle } from "@limn/core";

/** Annotations are rounded: a box may reach so far beyond its picture, in pixels, before anyone needs to know. */
const TOLERANCE = 1;

/**
 * The part of a box that lies in a picture of so many pixels.
 * @returns `box` undefined where nothing of it does; `outside` where it reached beyond by more than rounding explains
 */
export function cutBox(
  { x, y, width, height }: Rectangle,
  pictureWidth: number,
  pictureHeight: number,
): { box: Rectangle | undefined; outside: boolean } {
  const [left, top] = [Math.max(0, x), Math.max(0, y)];
  const [right, bottom] = [Math.min(pictureWidth, x + width), Math.min(pictureHeight, y + height)];
  const outside = Math.max(-x, -y, x + width - pictureWidth, y + height - pictureHeight) > TOLERANCE;
  if (!(right > left && bottom > top)) return { box: undefined, outside };
  return { box: { x: left, y: top, width: right - left, height: bottom - top }, outside };
}

/** The smallest box around the ones of a mask, [height, width]; undefined where there are none. */
export function boxAround(mask: Uint8Array, width: number): Rectangle | undefined {
  let [left, top, right, bottom] = [width, Number.POSITIVE_INFINITY, -1, -1];
  mask.forEach((value, i) => {
    if (value === 0) return;
    const [x, y] = [i % width, Math.floor(i / width)];
    [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x), Math.max(bottom, y)];
  });
  return right < 0 ? undefined : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}
