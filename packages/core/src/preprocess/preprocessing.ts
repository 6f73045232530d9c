import * as v from "valibot";
import type { Size } from "../graph/tensor.js";
import type { InputRange } from "../relevance/input-range.js";
import { finite, pixelCount, positive } from "./schema.js";

/** How pixels are interpolated when a picture is resized. */
export type Resample = "nearest" | "bilinear" | "bicubic";
/** The colors of a model's input, in their order. */
export type Channels = "rgb" | "bgr" | "gray";
/** The axes of a model's input: [N, C, H, W] or [N, H, W, C]. */
export type Layout = "nchw" | "nhwc";

/**
 * How a picture becomes a model's input: resize, crop, then (value * rescale - mean) / std. It is plain data, the same in
 * memory and in a JSON file.
 */
export interface Preprocessing {
  /** The length in pixels that the shorter edge gets (the other one keeps its proportion), or the exact size [height, width]. */
  readonly resize: number | Size | "none";
  /** Bilinear and bicubic average over all pixels that they merge (antialias), as in PIL. */
  readonly resample: Resample;
  /** The size [height, width] in pixels that is cut from the middle; if the picture is smaller, black is added around it. */
  readonly centerCrop: Size | "none";
  /** Factor on the 8-bit values, such as 1/255. */
  readonly rescale: number;
  /** Subtracted from the rescaled values: one number, or one per channel in the order of `channels`. */
  readonly mean: readonly number[];
  /** Divides what remains: one number, or one per channel in the order of `channels`. */
  readonly std: readonly number[];
  /** Gray is PIL's luma (ITU-R 601-2). */
  readonly channels: Channels;
  readonly layout: Layout;
}

/** What a preprocessing file says. */
export interface ParsedPreprocessing {
  readonly preprocessing: Preprocessing;
  /** What the file leaves open, and what was assumed. */
  readonly warnings: readonly string[];
}

const SIZE = "give [height, width] in pixels, 1 to 16384";
const size = v.strictTuple([pixelCount(SIZE), pixelCount(SIZE)], SIZE);

const RESIZE = 'give the shorter edge in pixels, [height, width] or "none"';
const CROP = 'give [height, width] in pixels or "none"';
const RESCALE = "give a positive number, such as 0.00392156862745098 for 1/255";
const MEAN = "give a list of 1 or 3 numbers";
const STD = "give a list of 1 or 3 positive numbers";

const perChannel = (numbers: v.GenericSchema<number>, error: string) =>
  v.union([v.strictTuple([numbers]), v.strictTuple([numbers, numbers, numbers])], error);

/** The form of a preprocessing file of our own. What it leaves out does nothing to the picture but divide by 255. */
export const preprocessingSchema = v.strictObject({
  resize: v.optional(v.union([pixelCount(RESIZE), size, v.literal("none")], RESIZE), "none"),
  resample: v.optional(
    v.picklist(["nearest", "bilinear", "bicubic"], 'give "nearest", "bilinear" or "bicubic"'),
    "bilinear",
  ),
  centerCrop: v.optional(v.union([size, v.literal("none")], CROP), "none"),
  rescale: v.optional(positive(RESCALE), 1 / 255),
  mean: v.optional(perChannel(finite(MEAN), MEAN), [0]),
  std: v.optional(perChannel(positive(STD), STD), [1]),
  channels: v.optional(v.picklist(["rgb", "bgr", "gray"], 'give "rgb", "bgr" or "gray"')),
  layout: v.optional(v.picklist(["nchw", "nhwc"], 'give "nchw" or "nhwc"')),
});

/** The lowest and highest values that pictures can have after the preprocessing: one each, or one per channel. */
export function rangeAfter({ rescale, mean, std }: Preprocessing): InputRange {
  const channels = Math.max(mean.length, std.length);
  const at = (numbers: readonly number[], i: number) => numbers[numbers.length === 1 ? 0 : i] as number;
  const bound = (value: number) =>
    Array.from({ length: channels }, (_, i) => (rescale * value - at(mean, i)) / at(std, i));
  return { low: bound(0), high: bound(255) };
}
