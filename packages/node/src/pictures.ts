import { LimnError, type Picture, reasonOf } from "@limn/core";
import sharp, { type Metadata, type Sharp } from "sharp";
import { checkRange, narrowed, type PixelRange } from "./pixel-range.js";
import { readInput } from "./read-input.js";

/** A picture as it was read. */
export interface ReadPicture extends Picture {
  /** What the model sees differently from people, such as the colors of transparent pixels. */
  readonly warnings: readonly string[];
}

/** Whether a file is a picture by its name. */
export const isPictureName = (path: string): boolean => /\.(jpe?g|png|webp|gif|tiff?|avif)$/i.test(path);

/** Larger pictures are refused before they are decoded, since a small file can claim any size. */
const MOST_PIXELS = 100e6;

export interface ReadOptions {
  readonly range?: PixelRange | undefined;
}

/** Color spaces whose numbers are red, green, blue or gray already. */
const DIRECT = new Set(["srgb", "rgb16", "b-w", "grey16"]);

/**
 * Decodes a picture as PIL's `exif_transpose` and `convert("RGB")` do, since models are trained on that: turned upright,
 * transparency dropped, gray as three equal channels, CMYK by its plain formula. Numbers are taken as they are, without their
 * color profile, as PIL does; color spaces other than RGB, gray and CMYK are converted to sRGB. 16 bits are scaled to 8 (of
 * 16-bit gray, PIL would cut off what is above 255). An animation gives its first frame.
 * @param source a path, or the file's bytes
 * @param name what messages call it. Default: the path
 * @returns red, green and blue of each pixel, 0 to 255, row by row
 * @throws LimnError `bad-input` that names the file and the next step, `bad-option` for a range that is none
 */
export async function readPicture(
  source: string | Uint8Array,
  name = typeof source === "string" ? source : "picture",
  { range }: ReadOptions = {},
): Promise<ReadPicture> {
  if (range !== undefined) checkRange(range);
  const bytes = typeof source === "string" ? readInput(source, "a picture") : source;
  const fail = (reason: string, cause?: unknown): never => {
    throw new LimnError("bad-input", `${name}: ${reason}`, { cause });
  };
  if (bytes.length === 0) fail("the file is empty; give a picture");

  const stranger = strangerOf(bytes, name);
  if (stranger) fail(stranger);

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

  const { space, depth } = metadata;
  const isDirect = DIRECT.has(space);
  try {
    const opened = sharp(bytes, {
      limitInputPixels: MOST_PIXELS,
      // missing parts would be gray; PIL takes smaller flaws, too
      failOn: "truncated",
      ignoreIcc: isDirect || space === "cmyk",
    }).autoOrient();
    const isWide = isDirect && depth !== "uchar";
    const { data, channels, width, height, cautions } = isWide
      ? await wide(opened, metadata, range, name)
      : space === "cmyk"
        ? await fromCmyk(opened)
        : await pixelsOf(opened.toColourspace("srgb"));
    const { rgb, transparent } = withoutAlpha(data, channels);
    const warnings = [
      ...(transparent
        ? [`${name}: the picture has transparent pixels; the model sees the colors that are stored under them`]
        : []),
      ...(range !== undefined && !isWide ? [`${name}: the picture has 8 bits, to which the range does not apply`] : []),
      ...(cautions ?? []),
    ];
    return { width, height, rgb, warnings };
  } catch (error) {
    return fail(complaint(error), error);
  }
}

interface Pixels {
  readonly data: Uint8Array;
  readonly channels: number;
  readonly width: number;
  readonly height: number;
  /** What the model will not see as people do. */
  readonly cautions?: readonly string[];
}

async function pixelsOf(opened: Sharp, depth: "uchar" | "ushort" | "float" = "uchar"): Promise<Pixels> {
  const { data, info } = await opened.raw({ depth }).toBuffer({ resolveWithObject: true });
  return { data, channels: info.channels, width: info.width, height: info.height };
}

/** More than 8 bits, in the numbers that the file has. */
async function wide(
  opened: Sharp,
  { space, depth, hasAlpha }: Metadata,
  range: PixelRange | undefined,
  name: string,
): Promise<Pixels> {
  const kept = opened.pipelineColourspace(space).toColourspace(space);
  const read = await pixelsOf(kept, depth === "ushort" ? "ushort" : "float");
  const { channels, data } = read;
  const { buffer } = new Uint8Array(data);
  const values = depth === "ushort" ? new Uint16Array(buffer) : new Float32Array(buffer);
  const colors = hasAlpha ? channels - 1 : channels;
  const { data: narrow, warnings } = narrowed({ values, channels, colors, depth: `${depth}` }, range, name);
  return { ...read, data: narrow, cautions: warnings };
}

/** (255 - C) (255 - K) / 255, and so for M and Y: PIL's formula, rounding included. */
async function fromCmyk(opened: Sharp): Promise<Pixels> {
  const read = await pixelsOf(opened.pipelineColourspace("cmyk").toColourspace("cmyk"));
  const { data, channels } = read;
  const rgb = new Uint8Array((data.length / channels) * 3);
  for (let i = 0; i < rgb.length; i++) {
    const pixel = Math.floor(i / 3) * channels;
    const light = 255 - (data[pixel + 3] as number);
    rgb[i] = light - over255((data[pixel + (i % 3)] as number) * light);
  }
  return { ...read, data: rgb, channels: 3 };
}

/** x / 255, rounded, as PIL has it in whole numbers. */
function over255(x: number): number {
  const rounded = x + 128;
  return ((rounded >> 8) + rounded) >> 8;
}

/** What is wrong with files of known kinds that hold pictures, but in numbers that can't be read here. */
function strangerOf(bytes: Uint8Array, name: string): string | undefined {
  const text = (from: number, to: number) => Buffer.from(bytes.subarray(from, to)).toString("latin1");
  if (text(128, 132) === "DICM" || /\.(dcm|dicom)$/i.test(name)) {
    return "a DICOM file, which Limn does not read; write its pixels as a 16-bit PNG and say which values become black and white (--range), or save the model's input as .npy (docs/preprocessing.md shows how)";
  }
  if (hasBareLuma(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))) {
    return "a TIFF of YCbCr colors, which would be taken for red, green and blue; save it as PNG";
  }
  return undefined;
}

const PHOTOMETRIC = 262;
const COMPRESSION = 259;
const YCBCR = 6;
const JPEG_IN_TIFF = 7;

/** Whether the first picture of a TIFF has luma and chroma that its decoder leaves as they are: all but JPEG's. */
function hasBareLuma(bytes: Buffer): boolean {
  const order = bytes.toString("latin1", 0, 4);
  if (order !== "II*\0" && order !== "MM\0*") return false;
  const little = order.startsWith("II");
  const short = (at: number) => (at + 2 > bytes.length ? 0 : little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  const first = bytes.length < 8 ? 0 : little ? bytes.readUInt32LE(4) : bytes.readUInt32BE(4);
  const fieldOf = (tag: number) => {
    for (let i = 0; i < short(first); i++) {
      const entry = first + 2 + 12 * i;
      if (short(entry) === tag) return short(entry + 8);
    }
    return undefined;
  };
  return fieldOf(PHOTOMETRIC) === YCBCR && fieldOf(COMPRESSION) !== JPEG_IN_TIFF;
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
