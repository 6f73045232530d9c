import { LimnError, reasonOf } from "@limn/core";
import type { NamedFile } from "../../engine/engine.js";
import type { DecodedPicture } from "../../engine/platform.js";
import { withoutAlpha } from "../paint/pixels.js";
import { isCutOff, pictureKind } from "./picture-file.js";

/** Larger pictures are refused, as by the command line. */
const MOST_PIXELS = 100e6;

/**
 * Decodes a picture by the browser: turned upright, without its color profile, transparency dropped.
 * @throws LimnError `bad-input` with the words of the command line
 */
export async function decode({ name, bytes }: NamedFile): Promise<DecodedPicture> {
  const fail = (reason: string, cause?: unknown): never => {
    throw new LimnError("bad-input", `${name}: ${reason}`, { cause });
  };
  if (bytes.byteLength === 0) return fail("the file is empty; give a picture");
  const head = new TextDecoder().decode(bytes.subarray(0, 512));
  if (/^\s*(<\?xml|<!--|<svg)/i.test(head)) {
    return fail("SVG has no pixels of its own; export it as a PNG of the size that you want");
  }
  const kind = pictureKind(bytes);
  if (kind === undefined) return fail("this is not a picture that can be read; give a JPEG, PNG, WebP, GIF or AVIF");
  if (isCutOff(bytes)) return fail("the picture is cut off or damaged (its end is missing); copy it again");
  const bitmap = await createImageBitmap(new Blob([bytes as Uint8Array<ArrayBuffer>]), {
    imageOrientation: "from-image",
    colorSpaceConversion: "none",
    premultiplyAlpha: "none",
  }).catch((error: unknown) =>
    fail(
      kind === "TIFF"
        ? "browsers read no TIFF; save it as PNG, or open it in limn studio"
        : `the picture is cut off or damaged (${reasonOf(error)}); copy it again`,
      error,
    ),
  );
  try {
    const { width, height } = bitmap;
    if (width * height > MOST_PIXELS) {
      return fail(
        `the picture has ${width}x${height} pixels, more than ${MOST_PIXELS / 1e6} million; make it smaller first`,
      );
    }
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    if (!context) return fail("the browser has no memory for it; make it smaller first");
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    return {
      picture: { width, height, rgb: withoutAlpha(data, new Uint8Array(memory(3 * width * height))) },
      warnings: isTransparent(data)
        ? [`${name}: the picture has transparent pixels; the model sees the colors that are stored under them`]
        : [],
    };
  } finally {
    bitmap.close();
  }
}

/** Memory that the page and all its threads share, where they may: none of them copies a photo, which takes up to 300 MB. */
const memory = (bytes: number): ArrayBufferLike =>
  crossOriginIsolated ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);

function isTransparent(rgba: Uint8ClampedArray): boolean {
  for (let alpha = 3; alpha < rgba.length; alpha += 4) if (rgba[alpha] !== 255) return true;
  return false;
}
