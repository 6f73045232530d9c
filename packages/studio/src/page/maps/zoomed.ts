import type { PictureSize, Rectangle } from "@limn/core";
import type { LookSlice } from "../store/look.js";
import type { Place } from "./place.js";

type Zoom = LookSlice["zoom"];

/** The most that a photo is enlarged. */
export const CLOSEST = 16;

/** The part of a photo that is shown, in its pixels. */
export function partOf({ width, height }: PictureSize, { scale, x, y }: Zoom): Rectangle {
  const [w, h] = [width / scale, height / scale];
  return { x: x * width - w / 2, y: y * height - h / 2, width: w, height: h };
}

/** Enlarges, with a place staying where it is. @param at as shares of the photo */
export function zoomedAt({ scale, x, y }: Zoom, factor: number, at: Place): Zoom {
  const next = Math.min(Math.max(scale * factor, 1), CLOSEST);
  const kept = scale / next;
  return within({ scale: next, x: at.x + (x - at.x) * kept, y: at.y + (y - at.y) * kept });
}

/** Moves the part that is shown. @param by as shares of the photo */
export const moved = ({ scale, x, y }: Zoom, by: Place): Zoom => within({ scale, x: x + by.x, y: y + by.y });

/** Nothing is shown from outside of the photo. */
function within({ scale, x, y }: Zoom): Zoom {
  const half = 0.5 / scale;
  const kept = (v: number) => Math.min(Math.max(v, half), 1 - half);
  return { scale, x: kept(x), y: kept(y) };
}
