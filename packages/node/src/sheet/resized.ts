import type { Picture } from "@limn/core";
import sharp from "sharp";
import type { PictureSize } from "../picture-explainer.js";

/** A picture that is enlarged more than this is so small that people want to see its pixels. */
const SMOOTH_UP_TO = 8;

/** A picture in the size of its tile: smooth, except for tiny pictures, which keep their square pixels. */
export async function resized(picture: Picture, { width, height }: PictureSize): Promise<Picture> {
  const { rgb } = picture;
  const raw = { width: picture.width, height: picture.height, channels: 3 as const };
  const enlarged = width / picture.width;
  const kernel = enlarged > SMOOTH_UP_TO ? "nearest" : enlarged > 1 ? "cubic" : "lanczos3";
  const data = await sharp(Buffer.from(rgb.buffer, rgb.byteOffset, rgb.byteLength), { raw })
    .resize(width, height, { fit: "fill", kernel })
    .raw()
    .toBuffer();
  return { width, height, rgb: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}
