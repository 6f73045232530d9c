import { LimnError } from "../error.js";
import type { Size } from "../graph/tensor.js";
import type { ImageInput } from "./image-input.js";
import type { Preprocessing } from "./preprocessing.js";

/** A rectangle in pixels of a picture, by its edges: the whole picture starts at 0, 0. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where a picture ends up in a model's input. */
export interface Geometry {
  /** The whole picture's size after resizing. */
  readonly resized: Size;
  /** Rows and columns added to the resized picture (negative: cut off): top, left, bottom, right. */
  readonly border: readonly [number, number, number, number];
  /** What the model sees of the original picture; reaches beyond it where black was added. */
  readonly view: Rectangle;
}

/** Beyond this, a resized picture takes too much memory: pictures far longer than wide. */
const MOST_PIXELS = 100e6;

/**
 * Sizes and offsets by torchvision's rounding rules.
 * @param picture height and width of the original picture
 * @throws LimnError `bad-input` where the result is not what the model takes
 */
export function geometryOf(preprocessing: Preprocessing, picture: Size, input: ImageInput): Geometry {
  const { resize, centerCrop } = preprocessing;
  const [height, width] = picture;
  const resized = resizedTo(picture, resize);
  const [h, w] = resized;
  if (h * w > MOST_PIXELS) {
    throw new LimnError(
      "bad-input",
      `a picture of ${width}x${height} pixels would be resized to ${w}x${h}; crop it to a less extreme shape first`,
    );
  }
  const cropped = centerCrop === "none" ? resized : centerCrop;
  if (cropped[0] !== input.height || cropped[1] !== input.width) {
    throw new LimnError(
      "bad-input",
      `a picture of ${width}x${height} pixels gives ${cropped[1]}x${cropped[0]}, the model takes ${input.width}x${input.height}; add "centerCrop": [${input.height},${input.width}] to the preprocessing`,
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

/** torchvision's Resize: short edge to n, long edge to int(n * long / short). */
function resizedTo([height, width]: Size, resize: Preprocessing["resize"]): Size {
  if (resize === "none") return [height, width];
  if (typeof resize !== "number") return resize;
  const long = Math.floor((resize * Math.max(height, width)) / Math.min(height, width));
  return height <= width ? [resize, long] : [long, resize];
}

/** torchvision's CenterCrop along one axis: what is added before and after, negative where it is cut. */
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
