import { LimnError } from "../error.js";
import { type ImageInput, inputShape } from "./image-input.js";
import type { Preprocessing } from "./preprocessing.js";

type Values = Pick<Preprocessing, "rescale" | "mean" | "std"> & { readonly order: "rgb" | "bgr" };

/** What becomes of the values. */
const VALUES = {
  /** torchvision's: standardized by the means and deviations of ImageNet. */
  imagenet: { rescale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], order: "rgb" },
  /** -1 to 1. */
  tf: { rescale: 1 / 255, mean: [0.5], std: [0.5], order: "rgb" },
  /** 0 to 1. */
  unit: { rescale: 1 / 255, mean: [0], std: [1], order: "rgb" },
  /** 0 to 255, as files have them: for networks that do the rest themselves. */
  raw: { rescale: 1, mean: [0], std: [1], order: "rgb" },
  /** 0 to 255 less ImageNet's means, blue first. */
  caffe: { rescale: 1, mean: [103.939, 116.779, 123.68], std: [1], order: "bgr" },
} as const satisfies Record<string, Values>;

export type PresetName = keyof typeof VALUES;

export const PRESET_NAMES = Object.keys(VALUES) as readonly PresetName[];

/** Inputs below this many pixels a side come from datasets of small pictures, which are shown whole. */
const SMALLEST_CROPPED = 64;

/**
 * A preset for a model. Square inputs of at least 64 pixels get torchvision's classic: the shorter edge to 256/224 of
 * the input, bilinear, then the middle. Smaller and oblong inputs get the whole picture, resized to their exact size.
 * @throws LimnError `bad-option` where a preset for three channels meets a model of one
 */
export function preset(name: PresetName, input: ImageInput): Preprocessing {
  const { order, ...values } = VALUES[name];
  const { channels, height, width, layout } = input;
  if (channels === 1 && values.mean.length !== 1) {
    throw new LimnError(
      "bad-option",
      `preset "${name}" is for three channels, the model takes [${inputShape(input)}]; use "unit", "tf" or "raw"`,
    );
  }
  const cropped = height === width && height >= SMALLEST_CROPPED;
  return {
    resize: cropped ? Math.round((height * 256) / 224) : [height, width],
    resample: "bilinear",
    centerCrop: cropped ? [height, width] : "none",
    ...values,
    channels: channels === 1 ? "gray" : order,
    layout,
  };
}
