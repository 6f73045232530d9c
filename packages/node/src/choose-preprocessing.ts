import { existsSync } from "node:fs";
import { join } from "node:path";
import {
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
} from "@limn/core";
import { readInput } from "./read-input.js";

export interface ChosenPreprocessing {
  /** What the model's input takes; undefined where it takes no picture, only tensors. */
  readonly input: ImageInput | undefined;
  readonly preprocessing: Preprocessing | undefined;
  /** Whether nothing but the input's shape speaks for it. */
  readonly guessed: boolean;
  readonly warnings: readonly string[];
}

const HUGGING_FACE = "preprocessor_config.json";

/**
 * Finds the preprocessing: what the caller names, else a preprocessor_config.json beside the model, else a guess from
 * the input's shape, with a warning.
 * @param choice a preset's name or the path of a JSON file
 * @throws LimnError `bad-option` or `bad-input` that names the file or preset
 */
export function choosePreprocessing(choice: string | undefined, classifier: Classifier): ChosenPreprocessing {
  const { image, weights } = classifier;
  let input: ImageInput;
  try {
    input = imageInput(image.name, image.dims);
  } catch (error) {
    if (choice === undefined) return { input: undefined, preprocessing: undefined, guessed: false, warnings: [] };
    throw error;
  }
  if (choice !== undefined) return named(choice, input);
  const beside = weights.folder && join(weights.folder, HUGGING_FACE);
  if (beside && existsSync(beside)) return fromFile(beside, input);

  const guess: PresetName = input.channels === 3 ? "imagenet" : "unit";
  return {
    input,
    preprocessing: preset(guess, input),
    guessed: true,
    warnings: [
      `assuming "${guess}" preprocessing, since none is given; a wrong one gives wrong predictions: name it with --preprocess (${PRESET_NAMES.join(", ")} or a JSON file)`,
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
  const text = readInput(path, "a JSON file such as preprocessor_config.json").toString("utf8");
  return { input, guessed: false, ...parsePreprocessing(text, path, input) };
}
