import type { Rectangle } from "@limn/core";

/** Annotations are rounded: a box may reach this far beyond its picture, in pixels, without a warning. */
const TOLERANCE = 1;

/**
 * Cuts a box to the picture's pixels.
 * @returns `box` is undefined if nothing of it lies in the picture; `outside` says whether it reached beyond the picture by
 *   more than rounding explains
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

/** The smallest box around the ones of a mask, [height, width]; undefined if it has no ones. */
export function boxAround(mask: Uint8Array, width: number): Rectangle | undefined {
  let [left, top, right, bottom] = [width, Number.POSITIVE_INFINITY, -1, -1];
  mask.forEach((value, i) => {
    if (value === 0) return;
    const [x, y] = [i % width, Math.floor(i / width)];
    [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x), Math.max(bottom, y)];
  });
  return right < 0 ? undefined : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}
