import { existsSync } from "node:fs";
import {
  adjustPreprocessing,
  type Classifier,
  didYouMean,
  type ImageInput,
  imageInput,
  impliedPreprocessing,
  LimnError,
  normalizationInside,
  type ParsedPreprocessing,
  PRESET_NAMES,
  type Preprocessing,
  type PresetName,
  parsePreprocessing,
  preprocessingInMetadata,
  preset,
  type Runtime,
  rangeAfter,
} from "@limn/core";
import { guessPreprocessing } from "./guess-preprocessing.js";
import { readText } from "./read-input.js";

/** Where a preprocessing was found: see `ChosenPreprocessing.source`. */
export type PreprocessingSource = "caller" | "file" | "metadata" | "graph" | "type" | "guess" | "none";

/** How pictures become a model's input, and whether that is known or guessed. */
export interface ChosenPreprocessing {
  /** What the model's input takes; undefined if it takes no picture, only tensors. */
  readonly input: ImageInput | undefined;
  /** Undefined if the input takes no picture, or only tensors are to come. */
  readonly preprocessing: Preprocessing | undefined;
  /**
   * What it was found in: what the `caller` says, a `file` that came with the model, the ONNX file's `metadata`, the
   * `graph`, which normalizes pixels itself, or the input's `type`, which is that of pixels. A `guess` may be wrong;
   * `none` is needed.
   */
  readonly source: PreprocessingSource;
  /** The same in words: the file, the keys, the nodes, or what the guess is made from. */
  readonly foundIn: string;
  /** Whether it was guessed, which may be wrong: `source` is "guess". */
  readonly guessed: boolean;
  /** What is guessed, as it reads before "is assumed"; undefined if nothing is. */
  readonly assumed: string | undefined;
  readonly warnings: readonly string[];
}

/** What a caller says of the preprocessing; what is left out comes with the model, or is guessed. */
export interface PreprocessingChoice {
  /** A preset's name or the path of a JSON file. */
  readonly preprocess?: string;
  /** Keys that replace those of the preset, the file or the guess. */
  readonly adjust?: Partial<Preprocessing>;
}

/** The choice where nothing is to be prepared. */
export const NO_PREPROCESSING: ChosenPreprocessing = {
  input: undefined,
  preprocessing: undefined,
  source: "none",
  foundIn: "the model's input takes no picture, only .npy tensors",
  guessed: false,
  assumed: undefined,
  warnings: [],
};

/** What of a classifier tells its preprocessing. */
export type PreprocessingEvidence = Pick<
  Classifier,
  "image" | "rawPixels" | "model" | "logits" | "classes" | "weights"
>;

/**
 * Finds the preprocessing: what the caller names, else what came with the model, in a file next to it or in its metadata,
 * else what follows from the normalization inside the network, else a guess (see `assumptions`).
 * @param supplied path of the model's own preprocessor_config.json, as `findModel` gives it
 * @returns the preprocessing; none for a model whose input takes no picture
 * @throws LimnError `bad-option` for an unknown preset, `bad-input` for a file that can't be used, `unsupported` if a
 *   preprocessing is asked for and the input takes no picture; each names the file, preset or key
 * @example
 * const found = await findModel("microsoft/resnet-50");
 * const runtime = onnxRuntime();
 * const classifier = await loadModel(found, runtime);
 * const { preprocessing } = await choosePreprocessing({ adjust: { resize: 256 } }, classifier, runtime, found.preprocessing);
 */
export async function choosePreprocessing(
  { preprocess, adjust = {} }: PreprocessingChoice,
  classifier: PreprocessingEvidence,
  runtime: Runtime,
  supplied?: string,
): Promise<ChosenPreprocessing> {
  const { image, rawPixels } = classifier;
  const adjusted = Object.keys(adjust).length > 0;
  let input: ImageInput;
  try {
    input = imageInput(image.name, image.dims);
  } catch (error) {
    if (preprocess === undefined && !adjusted) return NO_PREPROCESSING;
    throw error;
  }
  const base =
    preprocess === undefined ? await foundOrGuessed(classifier, input, runtime, supplied) : named(preprocess, input);
  const made = adjusted ? adjustedBy(adjust, base, input) : base;
  const caution = rawPixels && made.preprocessing && notRaw(made.preprocessing, image.name);
  return caution ? { ...made, warnings: [...made.warnings, caution] } : made;
}

function adjustedBy(adjust: Partial<Preprocessing>, base: ChosenPreprocessing, input: ImageInput): ChosenPreprocessing {
  if (!base.preprocessing) return base;
  const preprocessing = adjustPreprocessing(base.preprocessing, adjust, "preprocessing options", input);
  // mean and deviation are what makes a guess risky: once they are given, the rest does no harm
  const settled = adjust.mean !== undefined && adjust.std !== undefined;
  return settled && base.guessed
    ? found("caller", "mean and deviation as the options say", input, { preprocessing, warnings: [] })
    : { ...base, preprocessing };
}

/** What is wrong with other values than 0 to 255 for a model that takes these. */
function notRaw(preprocessing: Preprocessing, name: string): string | undefined {
  const { low, high } = rangeAfter(preprocessing);
  if ([low].flat().every((v) => v === 0) && [high].flat().every((v) => v === 255)) return undefined;
  const [from, to] = [Math.min(...[low].flat()), Math.max(...[high].flat())].map((v) => Number(v.toFixed(2)));
  return `the model takes pixels as whole numbers (its input "${name}"), so 0 to 255, and the preprocessing gives ${from} to ${to}; take --preprocess raw, unless that is meant`;
}

async function foundOrGuessed(
  classifier: PreprocessingEvidence,
  input: ImageInput,
  runtime: Runtime,
  supplied: string | undefined,
): Promise<ChosenPreprocessing> {
  if (supplied !== undefined) return fromFile(supplied, input, "file");
  const { rawPixels, model } = classifier;
  const stated = preprocessingInMetadata(model.metadata, input);
  if (stated) return found("metadata", `the file's metadata: ${stated.keys.join(", ")}`, input, stated);
  // whole numbers are pixels as they are: there is nothing to guess
  if (rawPixels) {
    const preprocessing = preset("raw", input);
    return found("type", "the input holds whole numbers, which are pixels", input, { preprocessing, warnings: [] });
  }
  const inside = await normalizationInside(classifier, runtime);
  const implied = inside && impliedPreprocessing(inside, input);
  if (implied) {
    const operators = [...new Set(inside.nodes.map(({ opType }) => opType))].join(", ");
    const made = implied.makes ? `, which makes "${implied.makes}" of it` : "";
    const where = `the network normalizes pixels itself (${operators})${made}`;
    return found("graph", where, input, { preprocessing: implied.preprocessing, warnings: [] });
  }
  const { preset: guess, reason } = guessPreprocessing(classifier, input);
  const guessed = found("guess", reason, input, { preprocessing: preset(guess, input), warnings: [] });
  return { ...guessed, assumed: `preprocessing "${guess}"` };
}

/**
 * One sentence for all that was assumed about a model, since nobody said it; none if nothing was. If it is wrong, so are
 * the predictions.
 */
export function assumptions(parts: readonly { readonly assumed: string | undefined }[]): string[] {
  const assumed = parts.flatMap(({ assumed }) => assumed ?? []);
  if (assumed.length === 0) return [];
  return [`${assumed.join(" and ")} ${assumed.length > 1 ? "are" : "is"} assumed; see limn inspect`];
}

const found = (
  source: PreprocessingSource,
  foundIn: string,
  input: ImageInput,
  { preprocessing, warnings }: ParsedPreprocessing,
): ChosenPreprocessing => ({
  input,
  preprocessing,
  source,
  foundIn,
  guessed: source === "guess",
  assumed: undefined,
  warnings,
});

function named(choice: string, input: ImageInput): ChosenPreprocessing {
  if (PRESET_NAMES.includes(choice as PresetName)) {
    const preprocessing = preset(choice as PresetName, input);
    return found("caller", `the preset "${choice}" was asked for`, input, { preprocessing, warnings: [] });
  }
  if (/[./\\]/.test(choice) || existsSync(choice)) return fromFile(choice, input, "caller");
  throw new LimnError(
    "bad-option",
    `there is no preprocessing "${choice}"; ${didYouMean(choice, PRESET_NAMES)} or give the path of a JSON file`,
  );
}

function fromFile(path: string, input: ImageInput, source: PreprocessingSource): ChosenPreprocessing {
  const text = readText(path, "a JSON file such as preprocessor_config.json");
  return found(source, path, input, parsePreprocessing(text, path, input));
}
