import {
  assumptions,
  type ChosenPreprocessing,
  type Classifier,
  type ClassNames,
  LimnError,
  type LoadOptions,
  NO_PREPROCESSING,
  type Runtime,
  type Shape,
} from "@limn/core";
import { choosePreprocessing, type PreprocessingChoice } from "./choose-preprocessing.js";
import { findModel } from "./models/find-model.js";
import type { FindModelOptions, FoundModel } from "./models/found-model.js";
import { type LoadModelOptions, loadModel } from "./models/load-model.js";
import { labelsFor } from "./read-labels.js";

/** How a model is found, and what the caller says of it; what is left out comes with the model, or is guessed. */
export interface ClassifierChoice extends PreprocessingChoice, FindModelOptions {
  /**
   * Path of a labels file, or one of `LABEL_SETS`. Default: the labels in a config.json that comes with the model, those in
   * its metadata, or those of the data set that it looks trained on.
   */
  readonly labels?: string;
  /** The input's whole shape, such as [1, 3, 224, 224], if the model leaves sizes open. */
  readonly inputShape?: Shape;
  /** Name of the output to explain, if the model has several. */
  readonly output?: string;
  /** What that output holds, if the model does not say it; see core's `LoadOptions`. */
  readonly scoreFunction?: LoadOptions["scoreFunction"];
  /** The grid [height, width] of a transformer's tokens, if it can't be told; see core's `LoadOptions`. */
  readonly grid?: LoadOptions["grid"];
  /** Whether only .npy tensors will come; then no preprocessing is looked for or guessed, unless the caller says one. Default false. */
  readonly tensorsOnly?: boolean;
}

/** A model, with all that is needed to give it pictures and to name its classes. */
export interface OpenedClassifier extends Omit<ChosenPreprocessing, "assumed">, ClassNames {
  /** Where the labels are from, as `FoundLabels` has it. */
  readonly labelsFrom: string | undefined;
  readonly found: FoundModel;
  readonly classifier: Classifier;
  /** Loads the model for another input shape. */
  reload(shape: Shape): Promise<Classifier>;
}

/**
 * Finds and loads a model, with its labels and its preprocessing.
 * @param model a path, or another of the names that `findModel` knows
 * @throws LimnError `bad-model`, `bad-option`, `bad-input`, `unsupported`: what can't be used, and what to do
 * @example
 * const { classifier, labels, warnings } = await openClassifier("Xenova/resnet-50", onnxRuntime());
 */
export async function openClassifier(
  model: string,
  runtime: Runtime,
  options: ClassifierChoice = {},
): Promise<OpenedClassifier> {
  const { labels: named, tensorsOnly, preprocess, adjust = {} } = options;
  const found = await findModel(model, options);
  const classifier = await loadModel(found, runtime, loadOptionsOf(options));
  refuseBatches(classifier, found);
  const names = labelsFor(classifier, named ?? found.labels);
  const isSaid = preprocess !== undefined || Object.keys(adjust).length > 0;
  const chosen =
    tensorsOnly && !isSaid
      ? NO_PREPROCESSING
      : await choosePreprocessing(options, classifier, runtime, found.preprocessing);
  return {
    ...chosen,
    found,
    classifier,
    labels: names.labels,
    wordnet: names.wordnet,
    labelsFrom: names.labelsFrom,
    reload: (shape) => loadModel(found, runtime, { ...loadOptionsOf(options), inputShape: shape }),
    warnings: [
      ...found.warnings,
      ...classifier.warnings,
      ...names.warnings,
      ...chosen.warnings,
      ...assumptions([chosen, names]),
    ],
  };
}

/** What a choice says of how the model is loaded. */
export const loadOptionsOf = ({
  inputShape,
  output,
  scoreFunction,
  grid,
  labels,
}: ClassifierChoice): LoadModelOptions => ({
  ...(inputShape ? { inputShape } : {}),
  ...(output ? { output } : {}),
  ...(scoreFunction ? { scoreFunction } : {}),
  ...(grid ? { grid } : {}),
  ...(labels ? { labels } : {}),
});

/** Pictures are explained one by one. @throws LimnError `bad-option` for a model that is loaded for more at a time */
export function refuseBatches({ image }: Pick<Classifier, "image">, { name }: Pick<FoundModel, "name">): void {
  const [batch, ...rest] = image.dims;
  if (batch === 1) return;
  throw new LimnError(
    "bad-option",
    `${name}: the model takes batches of ${batch} pictures, but pictures are explained one by one; choose a batch of 1 with --input-shape 1,${rest}`,
  );
}
