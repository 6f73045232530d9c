import { LimnError, maskOfBoxes, maskOfPicture, type Rectangle } from "@limn/core";
import type { PictureExplanation } from "./picture-explainer.js";
import { readPicture } from "./pictures.js";

/** Where an object is in a picture: the path of a mask, white on black, or boxes in the picture's pixels. */
export type SoughtObject = { readonly mask: string } | { readonly boxes: readonly Rectangle[] };

/**
 * The pixels of an object that maps are to find.
 * @returns [height, width] of the explained picture, row by row: 1 on the object, 0 elsewhere
 * @throws LimnError `bad-input` for a mask of another size than the picture, and if the model saw nothing of the object
 */
export async function objectMask(
  object: SoughtObject,
  { picture, view, path }: PictureExplanation,
): Promise<Uint8Array> {
  const { width, height } = picture;
  const mask = "mask" in object ? await readMask(object.mask, width, height) : maskOfBoxes(object.boxes, width, height);
  const seen = maskOfBoxes([view], width, height);
  if (mask.some((v, i) => v === 1 && seen[i] === 1)) return mask;
  const { x, y, width: w, height: h } = view;
  const what = "mask" in object ? `${object.mask}: no white pixel` : `boxes ${boxesText(object.boxes)}: none of them`;
  throw new LimnError(
    "bad-input",
    `${what} lies in the part of ${path} that the model sees, which is x ${rounded(x)} to ${rounded(x + w)} and y ${rounded(y)} to ${rounded(y + h)} of its ${width}x${height} pixels; correct it, or choose --resize and --crop so that the model sees the object`,
  );
}

/**
 * Reads the picture of an object, white on black.
 * @param width @param height that it has to have
 * @param name what messages call it
 * @returns [height, width], row by row: 1 on the object
 */
export async function readMask(path: string, width: number, height: number, name = path): Promise<Uint8Array> {
  const picture = await readPicture(path, name);
  if (picture.width === width && picture.height === height) return maskOfPicture(picture);
  throw new LimnError(
    "bad-input",
    `${name}: the mask has ${picture.width}x${picture.height} pixels, but its picture has ${width}x${height}; give a mask of the picture's size`,
  );
}

const boxesText = (boxes: readonly Rectangle[]): string =>
  boxes.map(({ x, y, width, height }) => [x, y, width, height].join(",")).join(";");

const rounded = (value: number): number => Math.round(value);
