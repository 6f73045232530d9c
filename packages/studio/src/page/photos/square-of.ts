import type { Picture } from "@limn/core";
import { painter } from "../paint/painter.js";

/** The middle of a picture as a square; undefined if the picture was closed before. @param side in pixels */
export function squareOf(
  opened: { readonly handle: string; readonly picture: Picture },
  side: number,
): Promise<ImageBitmap | undefined> {
  const { width, height } = opened.picture;
  const length = Math.min(width, height);
  const part = { x: (width - length) / 2, y: (height - length) / 2, width: length, height: length };
  return painter.scaled(opened, part, { width: side, height: side });
}
