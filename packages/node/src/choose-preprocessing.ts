import { existsSync } from "node:fs";
import {
  adjustPreprocessing,
  type Classifier,
  didYouMean,
  type ImageInput,
  imageInput,
  LimnError,
  PRESET_NAMES,
  type Preprocessing,
  type PresetName,
  parsePreprocessing,
  preset,
  rangeAfter,
} from "@limn/core";
import { readText } from "./read-input.js";

/** How pictures become a model's input, and whether that is known or guessed. */
export interface ChosenPreprocessing {
  /** What the model's input takes; undefined if it takes no picture, only tensors. */
  readonly input: ImageInput | undefined;
  /** Undefined if the input takes no picture, or only tensors are to come. */
  readonly preprocessing: Preprocessing | undefined;
  /** Whether it was guessed from the input's shape, which may be wrong. */
  readonly guessed: boolean;
  readonly warnings: readonly string[];
}

/** What a caller says of the preprocessing; what is left out comes with the model, or is guessed. */
export interface PreprocessingChoice {
  /** A preset's name or the path of a JSON file. */
  readonly preprocess?: string;
  /** Keys that replace those of the preset, the file or the guess. */
  readonly adjust?: Partial<Preprocessing>;
}

/**
 * Finds the preprocessing: what the caller names, else what came with the model, else a guess from the input's shape,
 * with a warning.
 * @param supplied path of the model's own preprocessor_config.json, as `findModel` gives it
 * @returns the preprocessing; none for a model whose input takes no picture
 * @throws LimnError `bad-option` for an unknown preset, `bad-input` for a file that can't be used, `unsupported` if a
 *   preprocessing is asked for and the input takes no picture; each names the file, preset or key
 * @example
 * const found = await findModel("microsoft/resnet-50");
 * const classifier = await loadModel(found, onnxRuntime());
 * const { preprocessing } = choosePreprocessing({ adjust: { resize: 256 } }, classifier, found.preprocessing);
 */
export function choosePreprocessing(
  { preprocess, adjust = {} }: PreprocessingChoice,
  { image, rawPixels }: Pick<Classifier, "image" | "rawPixels">,
  supplied?: string,
): ChosenPreprocessing {
  const adjusted = Object.keys(adjust).length > 0;
  let input: ImageInput;
  try {
    input = imageInput(image.name, image.dims);
  } catch (error) {
    if (preprocess === undefined && !adjusted) {
      return { input: undefined, preprocessing: undefined, guessed: false, warnings: [] };
    }
    throw error;
  }
  const base = preprocess === undefined ? suppliedOrGuessed(supplied, input, rawPixels) : named(preprocess, input);
  const made = adjusted ? adjustedBy(adjust, base, input) : base;
  const caution = rawPixels && made.preprocessing && notRaw(made.preprocessing, image.name);
  return caution ? { ...made, warnings: [...made.warnings, caution] } : made;
}

function adjustedBy(adjust: Partial<Preprocessing>, base: ChosenPreprocessing, input: ImageInput): ChosenPreprocessing {
  if (!base.preprocessing) return base;
  const preprocessing = adjustPreprocessing(base.preprocessing, adjust, "preprocessing options", input);
  // mean and deviation are what makes a guess risky: once they are given, the rest does no harm
  const settled = adjust.mean !== undefined && adjust.std !== undefined;
  return settled && base.guessed ? { input, preprocessing, guessed: false, warnings: [] } : { ...base, preprocessing };
}

/** What is wrong with other values than 0 to 255 for a model that takes these. */
function notRaw(preprocessing: Preprocessing, name: string): string | undefined {
  const { low, high } = rangeAfter(preprocessing);
  if ([low].flat().every((v) => v === 0) && [high].flat().every((v) => v === 255)) return undefined;
  const [from, to] = [Math.min(...[low].flat()), Math.max(...[high].flat())].map((v) => Number(v.toFixed(2)));
  return `the model takes pixels as whole numbers (its input "${name}"), so 0 to 255, and the preprocessing gives ${from} to ${to}; take --preprocess raw, unless that is meant`;
}

function suppliedOrGuessed(supplied: string | undefined, input: ImageInput, rawPixels: boolean): ChosenPreprocessing {
  if (supplied !== undefined) return fromFile(supplied, input);
  // whole numbers are pixels as they are: there is nothing to guess
  if (rawPixels) return { input, preprocessing: preset("raw", input), guessed: false, warnings: [] };
  const guess: PresetName = input.channels === 3 ? "imagenet" : "unit";
  return {
    input,
    preprocessing: preset(guess, input),
    guessed: true,
    warnings: [
      `no preprocessing is given, so "${guess}" is assumed; if it is wrong, so are the predictions: name it with --preprocess (${PRESET_NAMES.join(", ")} or a JSON file), or give --mean and --std`,
    ],
  };
}

function named(choice: string, input: ImageInput): ChosenPreprocessing {
  if (PRESET_NAMES.includes(choice as PresetName)) {
    return { input, preprocessing: preset(choice as PresetName, input), guessed: false, warnings: [] };
  }
  if (/[./\\]/.test(choice) || existsSync(choice)) return fromFile(choice, input);
  throw new LimnError(
    "bad-option",
    `there is no preprocessing "${choice}"; ${didYouMean(choice, PRESET_NAMES)} or give the path of a JSON file`,
  );
}

function fromFile(path: string, input: ImageInput): ChosenPreprocessing {
  const text = readText(path, "a JSON file such as preprocessor_config.json");
  return { input, guessed: false, ...parsePreprocessing(text, path, input) };
}
