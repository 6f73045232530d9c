import { LimnError } from "../error.js";
import { type ImageInput, inputShape } from "./image-input.js";
import type { Preprocessing } from "./preprocessing.js";

type Values = Pick<Preprocessing, "rescale" | "mean" | "std"> & { readonly order: "rgb" | "bgr" };

/** What presets do to the values of pixels. */
const VALUES = {
  /** torchvision's: standardized by the means and deviations of ImageNet. */
  imagenet: { rescale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], order: "rgb" },
  /** -1 to 1. */
  tf: { rescale: 1 / 255, mean: [0.5], std: [0.5], order: "rgb" },
  /** 0 to 1. */
  unit: { rescale: 1 / 255, mean: [0], std: [1], order: "rgb" },
  /** 0 to 255, as files have them: for networks that do the rest themselves. */
  raw: { rescale: 1, mean: [0], std: [1], order: "rgb" },
  /** 0 to 255 minus ImageNet's means, blue first. */
  caffe: { rescale: 1, mean: [103.939, 116.779, 123.68], std: [1], order: "bgr" },
} as const satisfies Record<string, Values>;

/** The name of a preset. */
export type PresetName = keyof typeof VALUES;

/** The names of all presets. */
export const PRESET_NAMES = Object.keys(VALUES) as readonly PresetName[];

/** Inputs of fewer pixels a side come from data sets of small pictures, which models see whole. */
const SMALLEST_CROPPED = 64;

/**
 * A preset for a model. For square inputs of at least 64 pixels it is torchvision's usual one: resize the shorter edge to
 * 256/224 of the input, bilinearly, then crop the middle. For smaller and oblong inputs it resizes the whole picture to
 * their exact size. `imagenet` standardizes by ImageNet's means and deviations, `tf` scales to -1 to 1, `unit` to 0 to 1,
 * and `caffe` subtracts ImageNet's means from 0 to 255, blue first.
 * @throws LimnError `bad-option` if the preset is for three channels and the model takes one
 */
export function preset(name: PresetName, input: ImageInput): Preprocessing {
  const { order, ...values } = VALUES[name];
  const { channels, height, width, layout } = input;
  if (channels === 1 && values.mean.length !== 1) {
    throw new LimnError(
      "bad-option",
      `the preset "${name}" is for three channels, but the model takes [${inputShape(input)}]; use "unit", "tf" or "raw"`,
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
