import * as v from "valibot";
import { LimnError } from "../error.js";
import type { ImageInput } from "./image-input.js";
import type { ParsedPreprocessing, Resample } from "./preprocessing.js";
import { checked, finite, pixelCount, positive } from "./schema.js";

const NUMBERS = "give a list of 1 or 3 numbers";
const three = (numbers: v.GenericSchema<number>) =>
  v.union([v.strictTuple([numbers]), v.strictTuple([numbers, numbers, numbers])], NUMBERS);
const INPUT = "give [channels, height, width]";
const SHARE = "give a share between 0 and 1";
const MODE = 'give "center" or "squash"; timm\'s "border" pads pictures, which Limn does not: give .npy tensors';

/** The keys of timm's config.json, or of its `pretrained_cfg`, that say what happens to the pixels. */
const timmSchema = v.looseObject({
  mean: three(finite(NUMBERS)),
  std: three(positive(NUMBERS)),
  input_size: v.optional(v.strictTuple([pixelCount(INPUT), pixelCount(INPUT), pixelCount(INPUT)], INPUT)),
  interpolation: v.nullish(v.picklist(["nearest", "bilinear", "bicubic", "random"], "give timm's name of a filter")),
  crop_pct: v.nullish(v.pipe(positive(SHARE), v.maxValue(1, SHARE))),
  crop_mode: v.nullish(v.picklist(["center", "squash"], MODE)),
});

/** timm's default where a file has no `crop_pct`. */
const CROP_PCT = 0.875;

/** The part of a file that holds timm's preprocessing: older files have it at the top, newer ones in `pretrained_cfg`. */
function timmPart(json: unknown): object | undefined {
  if (typeof json !== "object" || json === null) return undefined;
  const inner = (json as Record<string, unknown>).pretrained_cfg;
  const isPart = (part: unknown): part is object =>
    typeof part === "object" && part !== null && "mean" in part && "std" in part;
  if (isPart(inner)) return inner;
  return isPart(json) && ("input_size" in json || "architecture" in json) ? json : undefined;
}

export const looksLikeTimm = (json: unknown): boolean => timmPart(json) !== undefined;

/**
 * Reads the preprocessing in timm's config.json, as timm's transforms for evaluation do it: resize the shorter edge to the
 * size divided by `crop_pct`, or both edges with "squash", and cut out the middle.
 * @throws LimnError `bad-input` for values of the wrong form
 */
export function readTimm(json: unknown, file: string, input: ImageInput): ParsedPreprocessing {
  const part = timmPart(json);
  if (!part) throw new LimnError("bad-input", `${file}: there is no "mean" and "std" in it; give timm's config.json`);
  const { mean, std, input_size, interpolation, crop_pct, crop_mode } = checked(timmSchema, part, file);
  // what the input takes counts; where it leaves its size open, what the file says
  const [height, width] =
    input.height > 0 ? [input.height, input.width] : [input_size?.[1] ?? 224, input_size?.[2] ?? 224];
  const scaled = (n: number) => Math.floor(n / (crop_pct ?? CROP_PCT));
  const keepsProportion = crop_mode !== "squash" && height === width;
  return {
    preprocessing: {
      resize: keepsProportion ? scaled(height) : [scaled(height), scaled(width)],
      // "random" is for training; timm evaluates such models with bilinear
      resample: interpolation === "random" ? "bilinear" : ((interpolation ?? "bilinear") satisfies Resample),
      centerCrop: [height, width],
      rescale: 1 / 255,
      mean,
      std,
      channels: input.channels === 1 ? "gray" : "rgb",
      layout: input.layout,
    },
    warnings: [],
  };
}
