import { LimnError, type Picture, reasonOf } from "@limn/core";
import sharp, { type Metadata } from "sharp";
import { readInput } from "./read-input.js";

/** A picture as it was read. */
export interface ReadPicture extends Picture {
  /** What the model sees differently from people, such as the colors of transparent pixels. */
  readonly warnings: readonly string[];
}

/** Larger pictures are refused before they are decoded, since a small file can claim any size. */
const MOST_PIXELS = 100e6;

/** Color spaces whose numbers are red, green, blue or gray already. */
const DIRECT = new Set(["srgb", "rgb16", "b-w", "grey16"]);

/**
 * Decodes a picture as PIL's `exif_transpose` and `convert("RGB")` do, since models are trained on that: turned upright,
 * transparency dropped, gray as three equal channels. RGB numbers are taken as they are, without their color profile, as
 * PIL does; CMYK and others are converted to sRGB. 16 bits are scaled to 8. An animation gives its first frame.
 * @param source a path, or the file's bytes
 * @param name what messages call it. Default: the path
 * @returns red, green and blue of each pixel, 0 to 255, row by row
 * @throws LimnError `bad-input` that names the file and the next step
 */
export async function readPicture(
  source: string | Uint8Array,
  name = typeof source === "string" ? source : "picture",
): Promise<ReadPicture> {
  const bytes = typeof source === "string" ? readInput(source, "a picture") : source;
  const fail = (reason: string, cause?: unknown): never => {
    throw new LimnError("bad-input", `${name}: ${reason}`, { cause });
  };
  if (bytes.length === 0) fail("the file is empty; give a picture");

  let metadata: Metadata;
  try {
    metadata = await sharp(bytes, { limitInputPixels: false }).metadata();
  } catch (error) {
    return fail(complaint(error), error);
  }
  if (metadata.format === "svg") fail("SVG has no pixels of its own; export it as a PNG of the size that you want");
  const { width, height } = metadata;
  if (width * height > MOST_PIXELS) {
    fail(`the picture has ${width}x${height} pixels, more than ${MOST_PIXELS / 1e6} million; make it smaller first`);
  }

  try {
    const { data, info } = await sharp(bytes, {
      limitInputPixels: MOST_PIXELS,
      // missing parts would be gray; PIL takes smaller flaws, too
      failOn: "truncated",
      ignoreIcc: DIRECT.has(metadata.space),
    })
      .autoOrient()
      .toColourspace("srgb")
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    const { rgb, transparent } = withoutAlpha(data, info.channels);
    const warnings = transparent
      ? [`${name}: the picture has transparent pixels; the model sees the colors that are stored under them`]
      : [];
    return { width: info.width, height: info.height, rgb, warnings };
  } catch (error) {
    return fail(complaint(error), error);
  }
}

/** Red, green and blue of pixels with one to four channels, and whether the alpha of any says less than opaque. */
function withoutAlpha(data: Uint8Array, channels: number): { rgb: Uint8Array; transparent: boolean } {
  if (channels === 3) return { rgb: data, transparent: false };
  const colors = channels >= 3 ? 3 : 1;
  const pixels = data.length / channels;
  const rgb = new Uint8Array(pixels * 3);
  let transparent = false;
  for (let i = 0; i < pixels; i++) {
    for (let c = 0; c < 3; c++) rgb[i * 3 + c] = data[i * channels + (c % colors)] as number;
    if (channels > colors && data[i * channels + colors] !== 255) transparent = true;
  }
  return { rgb, transparent };
}

/** What the decoder's words mean for the person who gave the file. */
function complaint(error: unknown): string {
  const reason = reasonOf(error);
  if (/unsupported image format/i.test(reason))
    return "this is not a picture that can be read; give a JPEG, PNG, WebP, GIF, TIFF or AVIF";
  if (/premature end|unexpected end|truncated|libpng read error|unable to parse|out of (data|order)/i.test(reason)) {
    return `the picture is cut off or damaged (${reason}); copy it again`;
  }
  return `the picture can't be decoded (${reason}); open it in another program and save it as PNG`;
}
