import * as v from "valibot";
import { LimnError } from "../error.js";
import type { Size } from "../graph/tensor.js";
import type { ImageInput } from "./image-input.js";
import type { ParsedPreprocessing, Preprocessing, Resample } from "./preprocessing.js";
import { checked, finite, pixelCount, positive, quoted } from "./schema.js";

const SIZE = 'give a number, {"shortest_edge": n} or {"height": h, "width": w}, in pixels';
const CROP = 'give a number or {"height": h, "width": w}, in pixels';
const SHARE = "give a share between 0 and 1";

const exact = (error: string) => v.strictObject({ height: pixelCount(error), width: pixelCount(error) });
const shortest = v.strictObject({ shortest_edge: pixelCount(SIZE) });
const flag = v.nullish(v.boolean("give true or false"));
const NUMBERS = "give a list of numbers, one a channel";
const perChannel = v.nullish(v.union([finite(NUMBERS), v.array(finite(NUMBERS))], NUMBERS));

/** The keys of preprocessor_config.json that say what happens to the pixels. */
const configSchema = v.looseObject({
  image_processor_type: v.nullish(v.string()),
  feature_extractor_type: v.nullish(v.string()),
  do_resize: flag,
  size: v.nullish(v.union([pixelCount(SIZE), exact(SIZE), shortest], SIZE)),
  crop_pct: v.nullish(v.pipe(positive(SHARE), v.maxValue(1, SHARE))),
  resample: v.nullish(v.union([v.number(), v.string()], "give PIL's number, 0, 2 or 3")),
  do_center_crop: flag,
  crop_size: v.nullish(v.union([pixelCount(CROP), exact(CROP)], CROP)),
  do_rescale: flag,
  rescale_factor: v.nullish(positive("give a positive number")),
  rescale_offset: flag,
  do_normalize: flag,
  image_mean: perChannel,
  image_std: perChannel,
  include_top: flag,
  do_convert_rgb: flag,
  do_flip_channel_order: flag,
});

type Config = v.InferOutput<typeof configSchema>;

const TELLING = ["image_processor_type", "feature_extractor_type", "image_mean", "do_resize", "do_normalize", "size"];

export const looksLikeHuggingFace = (json: unknown): boolean =>
  typeof json === "object" && json !== null && TELLING.some((key) => key in json);

/** Switches that don't change a classifier's pixels. */
const HARMLESS = new Set(["do_reduce_labels"]);

/**
 * Reads Hugging Face's preprocessor_config.json.
 * @throws LimnError `bad-input` for values of the wrong form, and for steps that Limn does not know
 */
export function readHuggingFace(json: unknown, file: string, input: ImageInput): ParsedPreprocessing {
  const config = checked(configSchema, json, file);
  const warnings: string[] = [];
  const refuse: Refuse = (key, reason) => {
    throw new LimnError("bad-input", `${file}: "${key}" is ${quoted(config[key])}; ${reason}`);
  };
  for (const [key, value] of Object.entries(config)) {
    if (key.startsWith("do_") && value && !(key in configSchema.entries) && !HARMLESS.has(key)) {
      refuse(
        key,
        "Limn does not know this step; set it to false if the model needs no such step, or give .npy tensors",
      );
    }
  }
  const gray = input.channels === 1;
  if (config.do_flip_channel_order && config.do_normalize) {
    refuse(
      "do_flip_channel_order",
      'with "do_normalize" the order of the means is unclear; write a preprocessing in Limn\'s own form, with "channels": "bgr"',
    );
  }
  return {
    preprocessing: {
      ...framing(config, refuse),
      resample: resampleOf(config, refuse, warnings, file),
      ...values(config, refuse),
      channels: gray ? "gray" : config.do_flip_channel_order ? "bgr" : "rgb",
      layout: input.layout,
    },
    warnings,
  };
}

type Refuse = (key: string, reason: string) => never;

const processorOf = (config: Config): string =>
  (config.image_processor_type ?? config.feature_extractor_type ?? "").replace(
    /(ImageProcessor(Fast|Pil)?|FeatureExtractor)$/,
    "",
  );

/** Processors for which a plain number is the shorter edge; for the others it is both edges. */
const SHORTEST_BY_DEFAULT = new Set([
  "Bit",
  "ChineseCLIP",
  "CLIP",
  "ConvNext",
  "Levit",
  "MobileNetV1",
  "MobileNetV2",
  "MobileViT",
  "PoolFormer",
  "VideoMAE",
]);

/** From this size on, ConvNeXt was trained without a crop. */
const CONVNEXT_UNCROPPED = 384;

function framing(config: Config, refuse: Refuse): Pick<Preprocessing, "resize" | "centerCrop"> {
  const processor = processorOf(config);
  const resize = config.do_resize === false ? "none" : resizeOf(config, processor, refuse);
  const cropPct = config.do_resize === false ? undefined : config.crop_pct;
  const crops = config.do_center_crop ?? config.crop_size != null;
  const crop = config.crop_size == null ? undefined : asSize(config.crop_size);
  if (crops && !crop && !cropPct) refuse("crop_size", 'give it, or set "do_center_crop" to false');

  if (cropPct) {
    const n = edgeOf(resize) ?? refuse("crop_pct", 'it needs one edge length as "size"');
    if (!crop && n >= CONVNEXT_UNCROPPED) return { resize: [n, n], centerCrop: "none" };
    return { resize: Math.floor(n / cropPct), centerCrop: crop ?? [n, n] };
  }
  // LeViT resizes to 256/224 of the size that its configuration gives
  const enlarged = processor === "Levit" && typeof resize === "number" ? Math.floor((resize * 256) / 224) : resize;
  return { resize: enlarged, centerCrop: crops && crop ? crop : "none" };
}

function resizeOf(config: Config, processor: string, refuse: Refuse): Preprocessing["resize"] {
  const { size } = config;
  if (size == null) return refuse("size", 'give it, or set "do_resize" to false');
  if (typeof size !== "number") return "shortest_edge" in size ? size.shortest_edge : asSize(size);
  // if the processor is not named: cropping after an exact resize would make little sense
  const byShortest = processor ? SHORTEST_BY_DEFAULT.has(processor) : config.do_center_crop || config.crop_pct;
  return byShortest ? size : [size, size];
}

const asSize = (size: number | { height: number; width: number }): Size =>
  typeof size === "number" ? [size, size] : [size.height, size.width];

/** The length n of a shorter edge, or of both edges. */
const edgeOf = (resize: Preprocessing["resize"]): number | undefined =>
  typeof resize === "number" ? resize : resize !== "none" && resize[0] === resize[1] ? resize[0] : undefined;

/** PIL's numbers and names. */
const RESAMPLES: Readonly<Record<string, Resample>> = {
  0: "nearest",
  2: "bilinear",
  3: "bicubic",
  nearest: "nearest",
  bilinear: "bilinear",
  bicubic: "bicubic",
};

function resampleOf(config: Config, refuse: Refuse, warnings: string[], file: string): Resample {
  if (config.do_resize === false) return "bilinear";
  if (config.resample == null) {
    warnings.push(`${file}: "resample" is missing; bilinear (2) was assumed`);
    return "bilinear";
  }
  const name = String(config.resample).toLowerCase();
  return RESAMPLES[name] ?? refuse("resample", "give 0 (nearest), 2 (bilinear) or 3 (bicubic)");
}

// The processors compute ((x * factor - offset) - mean) / std
function values(config: Config, refuse: Refuse): Pick<Preprocessing, "rescale" | "mean" | "std"> {
  const rescale = config.do_rescale === false ? 1 : (config.rescale_factor ?? 1 / 255);
  const offset = config.rescale_offset && config.do_rescale !== false ? 1 : 0;
  if (config.do_normalize === false) return { rescale, mean: [offset], std: [1] };
  const mean = numbersOf("image_mean", config.image_mean, refuse);
  const std = numbersOf("image_std", config.image_std, refuse);
  if (std.some((s) => s <= 0)) refuse("image_std", "give positive numbers");
  // EfficientNet's processor divides by std again if it prepares for the classifier
  const twice = processorOf(config) === "EfficientNet" && config.include_top !== false;
  return { rescale, mean: mean.map((m) => m + offset), std: twice ? std.map((s) => s * s) : std };
}

function numbersOf(key: "image_mean" | "image_std", value: number | number[] | null | undefined, refuse: Refuse) {
  const numbers = typeof value === "number" ? [value] : value;
  if (!numbers) return refuse(key, 'give it, or set "do_normalize" to false');
  return numbers.length === 1 || numbers.length === 3 ? numbers : refuse(key, "give 1 or 3 numbers");
}
