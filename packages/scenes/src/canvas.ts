import type { Direction } from "./random.js";

/** A square picture in the making: red, green and blue as numbers from 0 to 255, pixel by pixel. */
export interface Canvas {
  readonly size: number;
  readonly data: Float32Array;
}

export type Color = readonly [red: number, green: number, blue: number];

export const canvasOf = (size: number): Canvas => ({ size, data: new Float32Array(size * size * 3) });

/** Lays a color over one pixel. @param alpha from 0 to 1 */
export function blend({ data }: Canvas, pixel: number, color: Color, alpha: number): void {
  const at = 3 * pixel;
  data[at] = (data[at] as number) + alpha * (color[0] - (data[at] as number));
  data[at + 1] = (data[at + 1] as number) + alpha * (color[1] - (data[at + 1] as number));
  data[at + 2] = (data[at + 2] as number) + alpha * (color[2] - (data[at + 2] as number));
}

/** Where a thing is: its middle, and half of its width and height before it was turned; in pixels. */
export interface Placement {
  readonly x: number;
  readonly y: number;
  readonly halfWidth: number;
  readonly halfHeight: number;
  readonly turn: Direction;
  /** Whether left and right are exchanged. */
  readonly flipped: boolean;
}

/**
 * Visits the pixels that a placed rectangle may touch.
 * @param visit gets the pixel's index, and where its middle lies in the rectangle: u and v from -1 to 1 inside
 */
export function visitPixels(
  size: number,
  { x, y, halfWidth, halfHeight, turn: { cos, sin }, flipped }: Placement,
  visit: (pixel: number, u: number, v: number) => void,
): void {
  const reachX = Math.abs(cos) * halfWidth + Math.abs(sin) * halfHeight + 1;
  const reachY = Math.abs(sin) * halfWidth + Math.abs(cos) * halfHeight + 1;
  const [left, right] = [Math.max(0, Math.floor(x - reachX)), Math.min(size - 1, Math.ceil(x + reachX))];
  const [top, bottom] = [Math.max(0, Math.floor(y - reachY)), Math.min(size - 1, Math.ceil(y + reachY))];
  const side = flipped ? -1 : 1;
  for (let row = top; row <= bottom; row++) {
    const dy = row + 0.5 - y;
    for (let column = left; column <= right; column++) {
      const dx = column + 0.5 - x;
      visit(row * size + column, (side * (cos * dx + sin * dy)) / halfWidth, (cos * dy - sin * dx) / halfHeight);
    }
  }
}
