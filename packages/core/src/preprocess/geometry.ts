import { LimnError } from "../error.js";
import type { Size } from "../graph/tensor.js";
import type { ImageInput } from "./image-input.js";
import type { Preprocessing } from "./preprocessing.js";

/** A rectangle in pixels of a picture; x and y are those of its left and upper edges, 0 at the picture's corner. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** How a picture lies in a model's input. */
export interface Geometry {
  /** The size [height, width] of the whole picture after resizing. */
  readonly resized: Size;
  /** Rows and columns added to the resized picture (negative: cut off): top, left, bottom, right. */
  readonly border: readonly [number, number, number, number];
  /** The part of the original picture that the model sees; it reaches beyond the picture if black was added. */
  readonly view: Rectangle;
}

/** More pixels would take too much memory; pictures that are much longer than wide can get there. */
const MOST_PIXELS = 100e6;

/**
 * Computes sizes and offsets by torchvision's rounding rules.
 * @param picture height and width of the original picture
 * @throws LimnError `bad-input` if the result is not what the model takes
 */
export function geometryOf(preprocessing: Preprocessing, picture: Size, input: ImageInput): Geometry {
  const { resize, centerCrop } = preprocessing;
  const [height, width] = picture;
  const resized = resizedTo(picture, resize);
  const [h, w] = resized;
  if (h * w > MOST_PIXELS) {
    throw new LimnError(
      "bad-input",
      `a picture of ${width}x${height} pixels would become ${w}x${h} pixels, which is too much; crop it to a less extreme shape first`,
    );
  }
  const cropped = centerCrop === "none" ? resized : centerCrop;
  if (cropped[0] !== input.height || cropped[1] !== input.width) {
    throw new LimnError(
      "bad-input",
      `a picture of ${width}x${height} pixels becomes ${cropped[1]}x${cropped[0]}, but the model takes ${input.width}x${input.height}; resize or crop it, such as with --resize ${input.height},${input.width}, or with "resize" or "centerCrop": [${input.height},${input.width}] in the preprocessing`,
    );
  }
  const [top, bottom] = centered(h, cropped[0]);
  const [left, right] = centered(w, cropped[1]);
  return {
    resized,
    border: [top, left, bottom, right],
    view: {
      x: ((0 - left) * width) / w,
      y: ((0 - top) * height) / h,
      width: (cropped[1] * width) / w,
      height: (cropped[0] * height) / h,
    },
  };
}

/** torchvision's Resize: the short edge becomes n, the long edge int(n * long / short). */
function resizedTo([height, width]: Size, resize: Preprocessing["resize"]): Size {
  if (resize === "none") return [height, width];
  if (typeof resize !== "number") return resize;
  const long = Math.floor((resize * Math.max(height, width)) / Math.min(height, width));
  return height <= width ? [resize, long] : [long, resize];
}

/** torchvision's CenterCrop along one axis: the number of pixels added before and after, negative if they are cut off. */
function centered(size: number, crop: number): [before: number, after: number] {
  const missing = crop - size;
  if (missing > 0) return [Math.floor(missing / 2), Math.ceil(missing / 2)];
  const before = roundHalfToEven(-missing / 2);
  return [0 - before, missing + before];
}

/** Python's round, for halves of natural numbers. */
const roundHalfToEven = (value: number): number => {
  const floor = Math.floor(value);
  return value === floor ? floor : floor + (floor % 2);
};
