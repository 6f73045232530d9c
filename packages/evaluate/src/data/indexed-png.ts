import { LimnError, reasonOf } from "@limn/core";
import { readInput } from "@limn/node/internal";
import sharp from "sharp";

export interface IndexedPicture {
  readonly width: number;
  readonly height: number;
  /** A number for each pixel, row by row. */
  readonly indices: Uint8Array;
}

/**
 * Reads a PNG whose pixels are numbers: places in its palette, or grays where it has none.
 * @throws LimnError `bad-input` that names the file
 */
export async function readIndexedPng(path: string): Promise<IndexedPicture> {
  const bytes = readInput(path, "a PNG of numbers");
  try {
    const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
    const places = paletteOf(bytes);
    const indices = new Uint8Array(width * height);
    for (let i = 0; i < indices.length; i++) {
      const first = data[i * channels] as number;
      if (!places) indices[i] = first;
      else {
        const [g = first, b = first] = channels >= 3 ? data.subarray(i * channels + 1, i * channels + 3) : [];
        indices[i] = places.get(colorOf(first, g, b)) ?? 0;
      }
    }
    return { width, height, indices };
  } catch (error) {
    throw new LimnError("bad-input", `${path}: not a PNG that can be decoded (${reasonOf(error)}); copy it again`, {
      cause: error,
    });
  }
}

const SIGNATURE_LENGTH = 8;

/** Where each color is in a PNG's palette; decoders only tell the colors. */
function paletteOf(png: Buffer): Map<number, number> | undefined {
  // chunks: length, name, content, checksum
  for (let at = SIGNATURE_LENGTH; at + 8 <= png.length; at += 12 + png.readUInt32BE(at)) {
    if (png.toString("latin1", at + 4, at + 8) !== "PLTE") continue;
    const colors = png.subarray(at + 8, at + 8 + png.readUInt32BE(at));
    const places = new Map<number, number>();
    for (let place = 0; place * 3 + 2 < colors.length; place++) {
      const color = colorOf(...(colors.subarray(place * 3, place * 3 + 3) as unknown as [number, number, number]));
      // a color that is there twice stands for its first place
      if (!places.has(color)) places.set(color, place);
    }
    return places;
  }
  return undefined;
}

const colorOf = (red: number, green: number, blue: number): number => (red << 16) | (green << 8) | blue;
