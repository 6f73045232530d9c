import type { PictureSize } from "../picture-explainer.js";

/** How large tiles are, in pixels. */
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

/** The picture's size in a tile. */
export function imageSize(picture: PictureSize, limits: TileLimits): PictureSize {
  const { width, height } = picture;
  const scale = Math.min(tileWidth(picture, limits) / width, limits.tallest / height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
