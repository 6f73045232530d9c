import sharp from "sharp";
import type { Artist } from "./artist.js";
import { iconsOf } from "./icons.js";

/** Brings drawings to pixels in Node. */
export const SHARP_ARTIST: Artist = {
  iconsOf,
  async pixelsOf(svg, size) {
    const { width, height } = await sharp(Buffer.from(svg), { density: 72 }).metadata();
    const image = sharp(Buffer.from(svg), { density: (72 * size) / Math.max(width, height) });
    const { data, info } = await image.ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data: new Uint8ClampedArray(data) };
  },
};
