import type { Grid, Rectangle } from "@limn/core";
import type { Place } from "./place.js";

/**
 * A map's value at a place of its photo, linear between the centers of its cells, as files of numbers have it.
 * @param view the part of the photo that the map lies on, in the photo's pixels
 * @returns undefined outside of the view
 */
export function valueAt({ width, height, data }: Grid, view: Rectangle, { x, y }: Place): number | undefined {
  const [s, t] = [(x - view.x) / view.width, (y - view.y) / view.height];
  if (!(s >= 0 && s < 1 && t >= 0 && t < 1)) return undefined;
  const u = Math.min(Math.max(s * width - 0.5, 0), width - 1);
  const v = Math.min(Math.max(t * height - 0.5, 0), height - 1);
  const [i, j] = [Math.floor(u), Math.floor(v)];
  const at = (column: number, row: number) =>
    data[Math.min(row, height - 1) * width + Math.min(column, width - 1)] as number;
  const mixed = (row: number) => at(i, row) + (u - i) * (at(i + 1, row) - at(i, row));
  return mixed(j) + (v - j) * (mixed(j + 1) - mixed(j));
}
