import type { Classifier } from "../classifier.js";
import type { Runtime } from "../session.js";
import type { TextFile } from "../text-file.js";
import { guessPreprocessing } from "./guess.js";
import { type ImageInput, imageInput } from "./image-input.js";
import { preprocessingInMetadata } from "./in-metadata.js";
import { impliedPreprocessing, normalizationInside } from "./normalization-inside.js";
import { adjustPreprocessing, parsePreprocessing } from "./parse.js";
import { type ParsedPreprocessing, type Preprocessing, rangeAfter } from "./preprocessing.js";
import { type PresetName, preset } from "./presets.js";

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

/** What is said of the preprocessing; what is left out follows from the model, or is guessed. */
export interface SaidOfPreprocessing {
  /** What a caller says: a preset's name, a file such as preprocessor_config.json, or all of it. */
  readonly said?: PresetName | TextFile | Preprocessing | undefined;
  /** The file that came with the model. */
  readonly supplied?: TextFile | undefined;
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
 * Chooses the preprocessing: what the caller says, else the file that came with the model, else the metadata of the model's
 * own file, else what follows from the normalization inside the network, else a guess (see `assumptions`).
 * @returns the preprocessing; none for a model whose input takes no picture
 * @throws LimnError `bad-input` for a file that can't be used, `unsupported` if a preprocessing is asked for and the input
 *   takes no picture; each names the file or key
 */
export async function preprocessingFor(
  classifier: PreprocessingEvidence,
  runtime: Runtime,
  { said, supplied, adjust = {} }: SaidOfPreprocessing = {},
): Promise<ChosenPreprocessing> {
  const { image, rawPixels } = classifier;
  const adjusted = Object.keys(adjust).length > 0;
  let input: ImageInput;
  try {
    input = imageInput(image.name, image.dims);
  } catch (error) {
    if (said === undefined && !adjusted) return NO_PREPROCESSING;
    throw error;
  }
  const base = said === undefined ? await foundOrGuessed(classifier, input, runtime, supplied) : asSaid(said, input);
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
  supplied: TextFile | undefined,
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

function asSaid(said: PresetName | TextFile | Preprocessing, input: ImageInput): ChosenPreprocessing {
  if (typeof said === "string") {
    const preprocessing = preset(said, input);
    return found("caller", `the preset "${said}" was asked for`, input, { preprocessing, warnings: [] });
  }
  if ("text" in said) return fromFile(said, input, "caller");
  const preprocessing = adjustPreprocessing(said, {}, "preprocessing", input);
  return found("caller", "as it was given", input, { preprocessing, warnings: [] });
}

const fromFile = ({ name, text }: TextFile, input: ImageInput, source: PreprocessingSource): ChosenPreprocessing =>
  found(source, name, input, parsePreprocessing(text(), name, input));
