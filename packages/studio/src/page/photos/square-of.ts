import type { Picture } from "@limn/core";
import { bitmapOf } from "../paint/painter.js";

/** The middle of a picture as a square. @param side in pixels */
export async function squareOf(picture: Picture, side: number): Promise<ImageBitmap> {
  const whole = await bitmapOf(picture);
  const { width, height } = whole;
  const length = Math.min(width, height);
  try {
    const size = { resizeWidth: side, resizeHeight: side, resizeQuality: "high" } as const;
    return await createImageBitmap(whole, (width - length) / 2, (height - length) / 2, length, length, size);
  } finally {
    whole.close();
  }
}
