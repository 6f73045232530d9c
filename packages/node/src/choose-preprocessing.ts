import { existsSync } from "node:fs";
import {
  type ChosenPreprocessing,
  didYouMean,
  LimnError,
  PRESET_NAMES,
  type Preprocessing,
  type PreprocessingEvidence,
  type PresetName,
  preprocessingFor,
  type Runtime,
  type TextFile,
} from "@limn/core";
import { readText } from "./read-input.js";

/** What a caller says of the preprocessing; what is left out comes with the model, or is guessed. */
export interface PreprocessingChoice {
  /** A preset's name or the path of a JSON file. */
  readonly preprocess?: string;
  /** Keys that replace those of the preset, the file or the guess. */
  readonly adjust?: Partial<Preprocessing>;
}

/**
 * Finds the preprocessing: what the caller names, else what came with the model, in a file next to it or in its metadata,
 * else what follows from the normalization inside the network, else a guess (see core's `assumptions`).
 * @param supplied path of the model's own preprocessor_config.json, as `findModel` gives it
 * @returns the preprocessing; none for a model whose input takes no picture
 * @throws LimnError `bad-option` for an unknown preset, `bad-input` for a file that can't be used, `unsupported` if a
 *   preprocessing is asked for and the input takes no picture; each names the file, preset or key
 * @example
 * const found = await findModel("Xenova/resnet-50");
 * const runtime = onnxRuntime();
 * const classifier = await loadModel(found, runtime);
 * const { preprocessing } = await choosePreprocessing({ adjust: { resize: 256 } }, classifier, runtime, found.preprocessing);
 */
export const choosePreprocessing = async (
  { preprocess, adjust = {} }: PreprocessingChoice,
  classifier: PreprocessingEvidence,
  runtime: Runtime,
  supplied?: string,
): Promise<ChosenPreprocessing> =>
  preprocessingFor(classifier, runtime, {
    said: preprocess === undefined ? undefined : presetOrFile(preprocess),
    supplied: supplied === undefined ? undefined : fileAt(supplied),
    adjust,
  });

function presetOrFile(choice: string): PresetName | TextFile {
  if (PRESET_NAMES.includes(choice as PresetName)) return choice as PresetName;
  if (/[./\\]/.test(choice) || existsSync(choice)) return fileAt(choice);
  throw new LimnError(
    "bad-option",
    `there is no preprocessing "${choice}"; ${didYouMean(choice, PRESET_NAMES)} or give the path of a JSON file`,
  );
}

const fileAt = (path: string): TextFile => ({
  name: path,
  text: () => readText(path, "a JSON file such as preprocessor_config.json"),
});
