import type { Picture, Rectangle } from "@limn/core";
import { painter } from "../paint/painter.js";

/** The middle of a picture as a square; undefined if the picture was closed before. @param side in pixels */
export function squareOf(
  opened: { readonly handle: string; readonly picture: Picture },
  side: number,
): Promise<ImageBitmap | undefined> {
  return painter.scaled(opened, middleOf(opened.picture), { width: side, height: side });
}

/** The largest square in the middle of a picture, in its pixels. */
export function middleOf({ width, height }: Pick<Picture, "width" | "height">): Rectangle {
  const length = Math.min(width, height);
  return { x: (width - length) / 2, y: (height - length) / 2, width: length, height: length };
}
