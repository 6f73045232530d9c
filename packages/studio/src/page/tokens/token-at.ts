import type { Rectangle } from "@limn/core";
import type { Place } from "../maps/place.js";

interface TokenGrid {
  readonly width: number;
  readonly height: number;
}

/** The token, counted row by row, that a place of the photo belongs to. @returns undefined outside of the view */
export function tokenAt({ x, y }: Place, view: Rectangle, { width, height }: TokenGrid): number | undefined {
  const column = Math.floor(((x - view.x) / view.width) * width);
  const row = Math.floor(((y - view.y) / view.height) * height);
  return column >= 0 && column < width && row >= 0 && row < height ? row * width + column : undefined;
}

/** The part of the photo that a token stands for, in the photo's pixels. */
export const tokenBox = (token: number, view: Rectangle, { width, height }: TokenGrid): Rectangle => ({
  x: view.x + ((token % width) * view.width) / width,
  y: view.y + (Math.floor(token / width) * view.height) / height,
  width: view.width / width,
  height: view.height / height,
});
