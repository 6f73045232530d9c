import { LimnError } from "../error.js";
import { type ImageInput, inputShape } from "./image-input.js";
import type { Channels, Preprocessing } from "./preprocessing.js";

type Values = Pick<Preprocessing, "rescale" | "mean" | "std"> & {
  readonly order: Channels;
  /** Set if the shorter edge becomes the input's, bicubically, so that only the longer one is cropped. */
  readonly whole?: true;
};

/** What presets do to the values of pixels. */
const VALUES = {
  /** torchvision's: standardized by the means and deviations of ImageNet. */
  imagenet: { rescale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], order: "rgb" },
  /** CLIP's: standardized by the means and deviations of its own pictures. */
  clip: {
    rescale: 1 / 255,
    mean: [0.48145466, 0.4578275, 0.40821073],
    std: [0.26862954, 0.26130258, 0.27577711],
    order: "rgb",
    whole: true,
  },
  /** -1 to 1. */
  tf: { rescale: 1 / 255, mean: [0.5], std: [0.5], order: "rgb" },
  /** 0 to 1. */
  unit: { rescale: 1 / 255, mean: [0], std: [1], order: "rgb" },
  /** 0 to 255, as files have them: for networks that do the rest themselves. */
  raw: { rescale: 1, mean: [0], std: [1], order: "rgb" },
  /** 0 to 255 minus ImageNet's means, blue first. */
  caffe: { rescale: 1, mean: [103.939, 116.779, 123.68], std: [1], order: "bgr" },
  /** Gray, standardized by the mean and deviation of MNIST's digits, as in PyTorch's examples. */
  mnist: { rescale: 1 / 255, mean: [0.1307], std: [0.3081], order: "gray" },
} as const satisfies Record<string, Values>;

/** The name of a preset. */
export type PresetName = keyof typeof VALUES;

/** The names of all presets. */
export const PRESET_NAMES = Object.keys(VALUES) as readonly PresetName[];

/** The presets that an input can take: those of three colors need three channels, and one is for gray. */
export const presetsFor = ({ channels }: Pick<ImageInput, "channels">): PresetName[] =>
  PRESET_NAMES.filter((name) => {
    const { mean, order }: Values = VALUES[name];
    return channels === 1 ? mean.length === 1 : order !== "gray";
  });

/** The preset that does to the values of pixels what a preprocessing does; undefined if it is a different one. */
export const presetOf = ({ rescale, mean, std, channels }: Preprocessing): PresetName | undefined =>
  PRESET_NAMES.find((name) => {
    const values: Values = VALUES[name];
    const sameNumbers = (a: readonly number[], b: readonly number[]) =>
      Array.from({ length: 3 }, (_, c) => at(a, c) - at(b, c)).every((d) => Math.abs(d) < 1e-4);
    const sameOrder = channels === "gray" ? values.mean.length === 1 : channels === values.order;
    const same = sameNumbers([rescale * 255], [values.rescale * 255]) && sameNumbers(mean, values.mean);
    return sameOrder && same && sameNumbers(std, values.std);
  });

/** Of one number, or one per channel. */
const at = (numbers: readonly number[], channel: number): number =>
  numbers[numbers.length === 1 ? 0 : channel] as number;

/** Inputs of fewer pixels a side come from data sets of small pictures, which models see whole. */
const SMALLEST_CROPPED = 64;

/**
 * A preset for a model. For square inputs of at least 64 pixels it is torchvision's usual one: resize the shorter edge to
 * 256/224 of the input, bilinearly, then crop the middle. For smaller and oblong inputs it resizes the whole picture to
 * their exact size. `imagenet` standardizes by ImageNet's means and deviations, `clip` by CLIP's, with the shorter edge
 * resized bicubically to the input's, `tf` scales to -1 to 1, `unit` to 0 to 1,
 * `raw` leaves 0 to 255, `caffe` subtracts ImageNet's means from that, blue first, and `mnist` standardizes gray digits.
 * @throws LimnError `bad-option` if the preset is for another number of channels than the model takes
 */
export function preset(name: PresetName, input: ImageInput): Preprocessing {
  const { order, whole, ...values }: Values = VALUES[name];
  const { channels, height, width, layout } = input;
  const fitting = presetsFor(input);
  if (!fitting.includes(name)) {
    const quoted = fitting.map((one) => `"${one}"`);
    throw new LimnError(
      "bad-option",
      `the preset "${name}" is for ${channels === 1 ? "three channels" : "gray pictures"}, but the model takes [${inputShape(input)}]; use ${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`,
    );
  }
  const cropped = height === width && height >= SMALLEST_CROPPED;
  return {
    resize: cropped ? (whole ? height : Math.round((height * 256) / 224)) : [height, width],
    resample: whole ? "bicubic" : "bilinear",
    centerCrop: cropped ? [height, width] : "none",
    ...values,
    channels: channels === 1 ? "gray" : order,
    layout,
  };
}
