import type { PictureSize } from "../picture-explainer.js";
import { DENSITY } from "./drawing.js";

/** How large tiles are, in units. */
export interface TileLimits {
  /** The width of usual tiles. */
  readonly width: number;
  /** High pictures are made no higher than this. */
  readonly tallest: number;
  /** Wide pictures get wider tiles, up to this, to stay as high as the shortest. */
  readonly widest: number;
  readonly shortest: number;
}

export const tileWidth = ({ width, height }: PictureSize, limits: TileLimits): number =>
  Math.min(limits.widest, Math.max(limits.width, Math.round((limits.shortest * width) / height)));

/** The picture's size in a tile, in units. */
export function imageSize(picture: PictureSize, limits: TileLimits): PictureSize {
  const { width, height } = picture;
  const scale = Math.min(tileWidth(picture, limits) / width, limits.tallest / height);
  return { width: Math.max(1, width * scale), height: Math.max(1, height * scale) };
}

/** The pixels that a tile gives to a picture of this shape. */
export function imagePixels(picture: PictureSize, limits: TileLimits): PictureSize {
  const { width, height } = imageSize(picture, limits);
  return { width: Math.max(1, Math.round(width * DENSITY)), height: Math.max(1, Math.round(height * DENSITY)) };
}
