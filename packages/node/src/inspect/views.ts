import { extname } from "node:path";
import {
  type ChosenPreprocessing,
  type Classifier,
  compile,
  Explainer,
  type Explanation,
  type ImageInput,
  LimnError,
  type Preprocessing,
  Preprocessor,
  type PresetName,
  preset,
  presetOf,
  presetsFor,
  type Runtime,
  rankedClasses,
  type TensorValue,
} from "@limn/core";
import { readNpyInput } from "../npy.js";
import type { LabeledClass } from "../picture-explainer.js";
import { readPicture } from "../pictures.js";
import type { PixelRange } from "../pixel-range.js";
import type { InspectedPhoto, InspectedView } from "./inspection.js";

/** How many classes of each view are told. */
const TOP = 5;

interface Candidate {
  readonly preset: InspectedView["preset"];
  readonly chosen: boolean;
  readonly preprocessing: Preprocessing;
}

/** What the pictures of a model are looked at with. */
export interface ViewingOptions {
  readonly labels: readonly string[] | undefined;
  readonly chosen: ChosenPreprocessing;
  readonly range: PixelRange | undefined;
}

/**
 * Classifies photos under the chosen preprocessing and under every preset, which differ in what they do to the values of
 * pixels, not in how they cut the picture.
 * @param paths pictures, or .npy tensors, which are taken as they are
 */
export async function viewsOf(
  paths: readonly string[],
  classifier: Classifier,
  runtime: Runtime,
  { labels, chosen, range }: ViewingOptions,
): Promise<InspectedPhoto[]> {
  if (paths.length === 0) return [];
  const { input } = chosen;
  const candidates = input ? candidatesFor(chosen, input) : [];
  const runs = paths.length * Math.max(1, candidates.length);
  const explainer = await Explainer.create(compile(classifier, []), runtime, { runs });
  const preprocessors = new Map<Candidate, Preprocessor>();
  for (const candidate of candidates) {
    preprocessors.set(candidate, await Preprocessor.create(runtime, candidate.preprocessing, input as ImageInput));
  }
  const view = async (tensor: TensorValue, { preset, chosen }: Omit<Candidate, "preprocessing">) => {
    const [explanation] = await explainer.explain(tensor, []);
    return { preset, chosen, ...told(explanation as Explanation, classifier, labels) };
  };
  const look = async (path: string): Promise<InspectedPhoto> => {
    const { image } = classifier;
    if (extname(path).toLowerCase() === ".npy") {
      const tensor = readNpyInput(path, image.dims);
      return { path, views: [await view(tensor, { preset: "as it is", chosen: true })], warnings: [] };
    }
    if (preprocessors.size === 0) {
      const shape = image.dims.join(", ");
      throw new LimnError("bad-input", `${path}: the model's input [${shape}] takes no picture; give a .npy tensor`);
    }
    const picture = await readPicture(path, path, { range });
    const views: InspectedView[] = [];
    for (const [candidate, preprocessor] of preprocessors) {
      views.push(await view((await preprocessor.run(picture)).tensor, candidate));
    }
    return { path, views, warnings: picture.warnings };
  };
  try {
    const photos: InspectedPhoto[] = [];
    for (const path of paths) {
      photos.push(
        await look(path).catch((error: unknown) => {
          if (error instanceof LimnError) return { path, error: error.message };
          throw error;
        }),
      );
    }
    return photos;
  } finally {
    await Promise.all([explainer, ...preprocessors.values()].map((one) => one.release()));
  }
}

/** The chosen preprocessing first, then every preset that does something else. */
function candidatesFor({ preprocessing }: ChosenPreprocessing, input: ImageInput): Candidate[] {
  if (!preprocessing) return [];
  const own: PresetName | undefined = presetOf(preprocessing);
  const others = presetsFor(input).filter((name) => name !== own);
  return [
    { preset: own ?? "own", chosen: true, preprocessing },
    ...others.map((name): Candidate => {
      const { rescale, mean, std, channels } = preset(name, input);
      return { preset: name, chosen: false, preprocessing: { ...preprocessing, rescale, mean, std, channels } };
    }),
  ];
}

function told(
  explanation: Explanation,
  classifier: Classifier,
  labels: readonly string[] | undefined,
): Pick<InspectedView, "top" | "entropy"> {
  const { logits, probabilities } = explanation;
  const { classes, scoreFunction, independent } = classifier;
  if (!logits.every(Number.isFinite)) return { top: [], entropy: null };
  const isValue = scoreFunction === "none";
  const top = rankedClasses(explanation, classifier)
    .slice(0, TOP)
    .map(
      (index): LabeledClass => ({
        index,
        label: labels?.[index],
        probability: probabilities[index] as number,
        ...(isValue ? { value: logits[index] as number } : {}),
      }),
    );
  return { top, entropy: independent || isValue || classes === 1 ? null : entropyOf(probabilities) };
}

/** H = -sum p log2 p */
const entropyOf = (probabilities: Float32Array): number =>
  Math.max(
    0,
    probabilities.reduce((sum, p) => sum - (p > 0 ? p * Math.log2(p) : 0), 0),
  );
