import {
  assumptions,
  type ChosenPreprocessing,
  type Classifier,
  classesIn,
  defaultMethods,
  type FoundLabels,
  fittingMethods,
  guessLabelSet,
  isLabelSet,
  type Layer,
  LimnError,
  type LoadOptions,
  labelsGuessed,
  labelsIn,
  labelsInModel,
  layersOf,
  loadClassifier,
  type Method,
  meaningOf,
  methods,
  NO_LABELS,
  namesInMetadata,
  obstaclesOf,
  Preprocessor,
  parseOptions,
  pictureSizeOf,
  preprocessingFor,
  presetsFor,
  rangeAfter,
  type Shape,
  type TextFile,
  type Transformer,
  transformerOf,
  usualMethods,
} from "@limn/core";
import type { MapWish, ModelChoice, OpenedModel, StudioLayer, StudioMethod } from "./engine.js";
import type { PlacedModel } from "./placed-model.js";
import type { Platform } from "./platform.js";

/** A model that is open, with what it takes to give it pictures. */
export interface OpenModel {
  readonly placed: PlacedModel;
  readonly classifier: Classifier;
  readonly labels: FoundLabels;
  readonly chosen: ChosenPreprocessing;
  /** Undefined if the model takes no picture. */
  readonly preprocessor: Preprocessor | undefined;
  /** What the page is told. */
  readonly opened: OpenedModel;
  /** Loads the model for another input shape. */
  reload(shape: Shape): Promise<Classifier>;
}

/**
 * Loads a model with its labels and its preprocessing, which are what the person says, what came with the model, or guesses,
 * as in `limn inspect`.
 * @throws LimnError as `loadClassifier`, `labelsIn` and `preprocessingFor` do
 */
export async function openModel(
  placed: PlacedModel,
  { runtime, labelSet }: Pick<Platform, "runtime" | "labelSet">,
  choice: ModelChoice = {},
): Promise<OpenModel> {
  const named = await labelsSaid(choice.labels, labelSet);
  const labelsFile = named ?? placed.labels;
  const loadAs = (more: LoadOptions = {}) =>
    loadClassifier(placed.source, runtime, { ...loadOptionsOf(placed, choice, labelsFile), ...more });
  const classifier = await loadAs();
  refuseBatches(classifier);
  const labels = labelsFile ? labelsIn(labelsFile, classifier.classes) : await labelsFound(classifier, labelSet);
  const chosen = await preprocessingFor(classifier, runtime, {
    said: choice.preprocessing,
    supplied: placed.preprocessing,
  });
  const { input, preprocessing } = chosen;
  return {
    placed,
    classifier,
    labels,
    chosen,
    preprocessor: input && preprocessing && (await Preprocessor.create(runtime, preprocessing, input)),
    opened: described(placed, classifier, labels, chosen),
    reload: (inputShape) => loadAs({ inputShape }),
  };
}

/** Undefined if the person says nothing of the labels. */
async function labelsSaid(
  labels: ModelChoice["labels"],
  labelSet: Platform["labelSet"],
): Promise<TextFile | undefined> {
  if (labels === undefined) return undefined;
  const text =
    typeof labels !== "string" ? JSON.stringify(labels) : isLabelSet(labels) ? await labelSet(labels) : labels;
  return { name: typeof labels === "string" && isLabelSet(labels) ? labels : "the labels", text: () => text };
}

async function labelsFound(classifier: Classifier, labelSet: Platform["labelSet"]): Promise<FoundLabels> {
  const inside = labelsInModel(classifier);
  if (inside) return inside;
  const guess = guessLabelSet(classifier);
  return guess ? labelsGuessed(guess, await labelSet(guess.set), classifier.classes) : NO_LABELS;
}

function loadOptionsOf(placed: PlacedModel, choice: ModelChoice, labels: TextFile | undefined): LoadOptions {
  const scoreFunction = choice.scoreFunction ?? placed.scoreFunction;
  const pictureSize = placed.preprocessing && sizeGivenBy(placed.preprocessing);
  return {
    ...(scoreFunction ? { scoreFunction } : {}),
    ...(choice.output ? { output: choice.output } : {}),
    ...(pictureSize ? { pictureSize } : {}),
    ...(placed.classes ? { classes: placed.classes } : {}),
    names: labels ? classesIn(labels).length : namesInMetadata,
  };
}

/** Undefined for a wrong file: `preprocessingFor`, which uses all of it, says what is wrong. */
function sizeGivenBy({ name, text }: TextFile): ReturnType<typeof pictureSizeOf> {
  try {
    return pictureSizeOf(text(), name);
  } catch {
    return undefined;
  }
}

/** Pictures are explained one by one. */
function refuseBatches({ image, location }: Classifier): void {
  const [batch] = image.dims;
  if (batch === 1) return;
  throw new LimnError(
    "bad-option",
    `${location}: the model takes batches of ${batch} pictures, but pictures are explained one by one; export it for a batch of 1, or with an open one`,
  );
}

/** What `limn inspect` says of a model, and what the page needs to offer its maps. */
function described(
  { name, handle, bytes, warnings }: PlacedModel,
  classifier: Classifier,
  labels: FoundLabels,
  chosen: ChosenPreprocessing,
): OpenedModel {
  const { input, preprocessing } = chosen;
  const fitting = fittingMethods(classifier, preprocessing && rangeAfter(preprocessing));
  const offered = usualMethods(classifier);
  const fits = new Set(fitting.flatMap(({ method, refused }) => (refused === null ? method : [])));
  const transformer = transformerIn(classifier);
  return {
    handle,
    name,
    bytes,
    classes: classifier.classes,
    labels: labels.labels,
    labelsFrom: labels.labelsFrom,
    preprocessing,
    preprocessingFrom: chosen.foundIn,
    presets: input ? presetsFor(input) : [],
    output: meaningOf(classifier),
    independent: classifier.independent,
    inputShape: classifier.image.dims,
    layers: layersOf(classifier)
      .filter(({ stage, isDefault }) => stage !== undefined || isDefault)
      .map(studioLayer),
    methods: fitting.map((one) => ({ ...one, ...offer(methods[one.method]) })),
    usual: defaultMethods.filter((method) => fits.has(method)),
    hasAttention: offered.some((method) => methods[method].family === "attention"),
    tokens: transformer && {
      before: transformer.before,
      height: transformer.grid[0],
      width: transformer.grid[1],
    },
    obstacles: obstaclesOf(classifier),
    warnings: [
      ...new Set([
        ...warnings,
        ...classifier.warnings,
        ...labels.warnings,
        ...chosen.warnings,
        ...assumptions([chosen, labels]),
      ]),
    ],
  };
}

const studioLayer = ({ tensor, node, operator, shape, depth, stage, isDefault, tokens }: Layer): StudioLayer => ({
  tensor,
  node,
  operator,
  shape,
  depth,
  stage,
  isDefault,
  isTokens: tokens !== undefined,
});

function offer(method: Method): Omit<StudioMethod, "method" | "manyRuns" | "refused"> {
  const { summary, family, usesLayer, table } = method;
  return { summary, family, usesLayer, aboutClass: table?.aboutClass ?? "yes", bothSigns: bothSignsOf(method) };
}

/** The switch that keeps values below zero; undefined if they are kept anyway, or there is none. */
function bothSignsOf(method: Method): MapWish["options"] | undefined {
  const usual = parseOptions(method, {});
  if (method.signed(usual) || method.table?.aboutClass === "no") return undefined;
  for (const [name, value] of Object.entries(usual)) {
    if (typeof value !== "boolean") continue;
    const other = { [name]: !value };
    if (method.signed({ ...usual, ...other })) return other;
  }
  return undefined;
}

function transformerIn(classifier: Classifier): Transformer | undefined {
  try {
    return transformerOf(classifier);
  } catch (error) {
    if (error instanceof LimnError) return undefined;
    throw error;
  }
}
