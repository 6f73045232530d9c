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
 * Reads a PNG whose pixels are numbers: indices of its palette, or grays if it has no palette.
 * @throws LimnError `bad-input` that names the file
 */
export async function readIndexedPng(path: string): Promise<IndexedPicture> {
  const bytes = readInput(path, "a PNG of numbers");
  try {
    const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
    const palette = paletteOf(bytes);
    const indices = new Uint8Array(width * height);
    for (let i = 0; i < indices.length; i++) {
      const first = data[i * channels] as number;
      if (!palette) indices[i] = first;
      else {
        const [g = first, b = first] = channels >= 3 ? data.subarray(i * channels + 1, i * channels + 3) : [];
        indices[i] = palette.get(colorOf(first, g, b)) ?? 0;
      }
    }
    return { width, height, indices };
  } catch (error) {
    throw new LimnError(
      "bad-input",
      `${path}: this is not a PNG that can be decoded (${reasonOf(error)}); copy it again`,
      {
        cause: error,
      },
    );
  }
}

const SIGNATURE_LENGTH = 8;

/** The index of each color in a PNG's palette, since decoders give only the colors. */
function paletteOf(png: Buffer): Map<number, number> | undefined {
  // chunks: length, name, content, checksum
  for (let at = SIGNATURE_LENGTH; at + 8 <= png.length; at += 12 + png.readUInt32BE(at)) {
    if (png.toString("latin1", at + 4, at + 8) !== "PLTE") continue;
    const colors = png.subarray(at + 8, at + 8 + png.readUInt32BE(at));
    const indices = new Map<number, number>();
    for (let index = 0; index * 3 + 2 < colors.length; index++) {
      const color = colorOf(...(colors.subarray(index * 3, index * 3 + 3) as unknown as [number, number, number]));
      // a color that the palette has twice stands for its first index
      if (!indices.has(color)) indices.set(color, index);
    }
    return indices;
  }
  return undefined;
}

const colorOf = (red: number, green: number, blue: number): number => (red << 16) | (green << 8) | blue;
