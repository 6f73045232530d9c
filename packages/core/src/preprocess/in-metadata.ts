import type { ImageInput } from "./image-input.js";
import { checkFits } from "./image-input.js";
import { parsePreprocessing } from "./parse.js";
import type { ParsedPreprocessing, Preprocessing } from "./preprocessing.js";
import { type PresetName, preset } from "./presets.js";

/** A preprocessing that an ONNX file's metadata give, and the keys that give it. */
export interface PreprocessingInMetadata extends ParsedPreprocessing {
  readonly keys: readonly string[];
}

/** ONNX's own words for the range of an image's values, `Image.NominalPixelRange`. */
const RANGES: Readonly<Record<string, PresetName>> = {
  NominalRange_0_255: "raw",
  Normalized_0_1: "unit",
  Normalized_1_1: "tf",
};

/** ONNX's own words for the order of channels, `Image.BitmapPixelFormat`. */
const ORDERS: Readonly<Record<string, Preprocessing["channels"]>> = { Bgr8: "bgr", Rgb8: "rgb", Gray8: "gray" };

/** Keys under which files hold a whole preprocessing as JSON. */
const WHOLE = ["preprocessor_config", "preprocessor_config.json", "preprocessing", "limn.preprocessing"];

/** Keys of a mean and a deviation per channel, as JSON. */
const MOMENTS = [
  ["mean", "std"],
  ["image_mean", "image_std"],
] as const;

/**
 * Reads the preprocessing in an ONNX file's metadata: a whole one as JSON, ONNX's own `Image.` keys, a mean and a
 * deviation, or what Ultralytics writes.
 * @returns undefined if the metadata say nothing of it
 * @throws LimnError `bad-input` for a JSON that is no preprocessing, or does not fit the input
 */
export function preprocessingInMetadata(
  metadata: ReadonlyMap<string, string>,
  input: ImageInput,
): PreprocessingInMetadata | undefined {
  for (const key of WHOLE) {
    const text = metadata.get(key);
    if (text?.trim().startsWith("{")) {
      return { ...parsePreprocessing(text, `the file's metadata "${key}"`, input), keys: [key] };
    }
  }
  return byRange(metadata, input) ?? byMoments(metadata, input) ?? ofUltralytics(metadata, input);
}

function byRange(metadata: ReadonlyMap<string, string>, input: ImageInput): PreprocessingInMetadata | undefined {
  const name = RANGES[metadata.get("Image.NominalPixelRange") ?? ""];
  if (!name) return undefined;
  const order = ORDERS[metadata.get("Image.BitmapPixelFormat") ?? ""];
  const base = preset(name, input);
  const preprocessing = order ? { ...base, channels: order } : base;
  const keys = ["Image.NominalPixelRange", ...(order ? ["Image.BitmapPixelFormat"] : [])];
  checkFits(preprocessing, input, `the file's metadata ${keys.join(", ")}`);
  return { preprocessing, warnings: [], keys };
}

function byMoments(metadata: ReadonlyMap<string, string>, input: ImageInput): PreprocessingInMetadata | undefined {
  for (const keys of MOMENTS) {
    const [mean, std] = keys.map((key) => numbersIn(metadata.get(key)));
    if (!mean || !std || std.some((s) => s <= 0)) continue;
    // means above 1 are those of 0 to 255
    const base = preset(mean.some((m) => m > 1) ? "raw" : "unit", input);
    const preprocessing = { ...base, mean, std };
    checkFits(preprocessing, input, `the file's metadata ${keys.join(", ")}`);
    return { preprocessing, warnings: [], keys };
  }
  return undefined;
}

/** Ultralytics' classifiers take 0 to 1, the shorter edge resized to the input's size. */
function ofUltralytics(metadata: ReadonlyMap<string, string>, input: ImageInput): PreprocessingInMetadata | undefined {
  if (metadata.get("task") !== "classify" || !metadata.has("imgsz") || !metadata.has("names")) return undefined;
  const { height, width } = input;
  const framing = height === width ? ({ resize: height, centerCrop: [height, width] } as const) : {};
  return { preprocessing: { ...preset("unit", input), ...framing }, warnings: [], keys: ["task", "imgsz"] };
}

function numbersIn(text: string | undefined): number[] | undefined {
  const inside = text?.trim().replace(/^[[(]|[\])]$/g, "");
  const numbers = inside ? inside.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part))) : [];
  return (numbers.length === 1 || numbers.length === 3) && numbers.every(Number.isFinite) ? numbers : undefined;
}
