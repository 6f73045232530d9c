import { extname } from "node:path";
import { LimnError } from "@limn/core";
import sharp from "sharp";

/** Pixels of a picture: height * width * 3 bytes. */
export interface RgbPicture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

const FORMATS = [".png", ".jpg", ".jpeg", ".webp"];

/**
 * Encodes a picture in the format that the file's name asks for.
 * @param path ends in .png, .jpg, .jpeg or .webp; nothing is written there
 * @throws LimnError `bad-option` for any other ending
 */
export function encodePicture({ width, height, rgb }: RgbPicture, path: string): Promise<Uint8Array> {
  const format = extname(path).toLowerCase();
  if (!FORMATS.includes(format)) {
    throw new LimnError(
      "bad-option",
      `${path}: pictures are written as ${FORMATS.join(", ")}; give a file name with one of these endings`,
    );
  }
  return sharp(rgb, { raw: { width, height, channels: 3 } })
    .toFormat(format.slice(1) as "png")
    .toBuffer();
}

/**
 * Encodes an animated WebP that plays once.
 * @param frames one or more, all of one size
 * @param delay from one frame to the next, in milliseconds; the last one stays for two seconds
 */
export async function encodeAnimation(frames: readonly RgbPicture[], delay: number): Promise<Uint8Array> {
  const [first] = frames;
  if (!first) throw new Error("an animation needs a frame");
  const { width, height } = first;
  const pixels = Buffer.concat(frames.map(({ rgb }) => rgb));
  return sharp(pixels, { raw: { width, height: height * frames.length, channels: 3, pageHeight: height } })
    .webp({ quality: 85, loop: 1, delay: frames.map((_, i) => (i === frames.length - 1 ? 2000 : delay)) })
    .toBuffer();
}
