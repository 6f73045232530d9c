import { LimnError } from "./error.js";
import { Graph, type Value } from "./graph/graph.js";
import { cast, concat, reshape, sigmoid, slice, softmax, sub } from "./graph/math.js";
import type { Model } from "./graph/model.js";
import { graft, rewrite } from "./graph/rewrite.js";
import { isFloat, type Shape, type Size, sizeOf } from "./graph/tensor.js";
import type { Operator, ScoreFunction } from "./ops/operator.js";
import { standForThemselves } from "./ops/quantization.js";
import { factOf } from "./ops/registry.js";
import { checkGrid } from "./places.js";
import { addBatch } from "./prepare/add-batch.js";
import { bothSides } from "./prepare/both-sides.js";
import { type ChosenOutput, chooseOutput } from "./prepare/choose-output.js";
import { dropSoftmax } from "./prepare/drop-softmax.js";
import type { Ending } from "./prepare/ending.js";
import { findLogits } from "./prepare/find-logits.js";
import { fixInput } from "./prepare/fix-input.js";
import { foldBatchNorm } from "./prepare/fold-batch-norm.js";
import { foldScale } from "./prepare/fold-scale.js";
import { joinBias } from "./prepare/join-bias.js";
import { joinProjections } from "./prepare/join-projections.js";
import { pictureAlone } from "./prepare/picture-alone.js";
import { toDialect } from "./prepare/prepare.js";
import { type ModelSource, readModel, sourceOf } from "./prepare/read-model.js";
import { recognize } from "./prepare/recognize/recognize.js";
import { removeIdentity } from "./prepare/remove-identity.js";
import { type NamesInGraph, zippedNames } from "./prepare/take-apart/sequences.js";
import type { TextClasses } from "./prepare/text-classes.js";
import { HALF, NOT_FLOAT32, toFloat32 } from "./prepare/to-float32.js";
import type { Runtime, Weights } from "./session.js";

/** A classifier in Limn's dialect, ready to be explained. */
export interface Classifier {
  readonly location: string;
  readonly model: Model;
  /** float32, [N, C, H, W] or [N, H, W, C]. */
  readonly image: Value;
  /**
   * Scores before any softmax or sigmoid, [N, width]: those of the classes and, of a model that leaves some of a softmax's
   * classes out of its output, those of the others after them.
   */
  readonly logits: Value;
  readonly classes: number;
  /** The grid of its tokens, if whoever loaded it has said it. */
  readonly grid?: Size;
  /**
   * What makes probabilities of the logits: what the file itself ends in, or what it was loaded with. If it ends in
   * logits, "softmax" is assumed, and "sigmoid" for a single one that may have names. With "none" they are taken as they are.
   */
  readonly scoreFunction: ScoreFunction | "none";
  /** Whether `scoreFunction` was read from the file, or given by whoever loaded it. */
  readonly scoreFunctionKnown: boolean;
  /** Whether there are probabilities: not of a regression, nor of values that are to be taken as they are. */
  readonly hasProbabilities: boolean;
  /** How the scores were found in the file. */
  readonly found: FoundScores;
  /** What the graph itself calls the classes, if it does. */
  readonly named?: NamesInGraph;
  /** Whether the classes are given by embeddings of texts. */
  readonly ofTexts: boolean;
  /** Whether each class is a question of its own, so that their probabilities do not sum to 1. */
  readonly independent: boolean;
  /** What the model makes of its logits, if that is more than the score function: clamped probabilities, for one. */
  readonly ending?: Ending;
  /** Whether the file takes pixels as whole numbers, 0 to 255, and makes floats of them itself; `image` then is these floats. */
  readonly rawPixels: boolean;
  readonly weights: Weights;
  readonly warnings: readonly string[];
}

/** How a classifier's scores were found in its file. */
export interface FoundScores extends ChosenOutput {
  /** What tells what the output holds: the operator that it ends in, numbers that were tried, the caller, or nobody. */
  readonly by: "operator" | "trial" | "caller" | "nobody";
}

export interface LoadOptions {
  /** The input's whole shape, batch included; needed if the file leaves sizes open. */
  readonly inputShape?: Shape;
  /** Size [height, width] in pixels that the model's preprocessing gives; used if the file leaves sizes open. */
  readonly pictureSize?: Size;
  /** Name of the output to explain, if the model has several. Default: the first that looks like scores. */
  readonly output?: string;
  /**
   * What the output holds: logits of classes that exclude each other (`softmax`), logits of independent labels
   * (`sigmoid`), or what is to be taken as it is (`none`). Default: as the model itself says or shows.
   */
  readonly scoreFunction?: ScoreFunction | "none";
  /**
   * How many classes have names, or what finds it in the metadata of the model's file; if these have none, names in the graph
   * count. With two, a single logit is that
   * of the second of them; of several outputs, the one with so many values holds the scores. With 0, a single value that
   * is no probability is that of a regression.
   */
  readonly names?: number | ((metadata: Model["metadata"]) => number);
  /**
   * The grid [height, width] of a transformer's tokens, if it can't be followed from the image to them. Tokens beyond it stand
   * before it, as class tokens do.
   */
  readonly grid?: Size;
  /**
   * Embeddings of texts that say what the classes are, for a model that gives an embedding of the image, such as CLIP's
   * image encoder. The output is then the one with as many numbers as each of them.
   */
  readonly classes?: TextClasses;
  /**
   * Operators that Limn does not know, or should treat in another way, by name: `com.microsoft.QuickGelu`, or just
   * `Relu` for one of ONNX itself. See `defineOperator`.
   */
  readonly operators?: Readonly<Record<string, Operator>>;
}

/**
 * Reads a classifier and prepares it for one input shape.
 * @param file its bytes, if it holds its own weights; or its bytes and where its weights are, as `readModelFile` of @limn/node
 *   gives them
 * @throws LimnError `bad-model` for damaged files and missing weights, `unsupported` for models that are not image
 *   classifiers, `bad-option` for an output or input shape that does not fit the model, or for an incomplete operator
 *   of your own
 * @example
 * const classifier = await loadClassifier(readModelFile("resnet50.onnx"), runtime, { inputShape: [1, 3, 224, 224] });
 */
export async function loadClassifier(
  file: ModelSource | Uint8Array,
  runtime: Runtime,
  options: LoadOptions = {},
): Promise<Classifier> {
  const source = sourceOf(file);
  const ofTexts = options.classes !== undefined;
  const whole = readModel(source, options.operators);
  // without either, nobody has said that a part of the model is meant
  const isPart = ofTexts || options.output !== undefined;
  const { model: decoded, warnings: leftOut } = isPart
    ? pictureAlone(whole, options.output)
    : { model: whole, warnings: [] };
  const named = zippedNames(decoded);
  const names =
    typeof options.names === "function" ? options.names(decoded.metadata) || (named?.names.length ?? 0) : options.names;
  const { model: floating, rawPixels } = await withFloats(decoded);
  const fixed = addBatch(fixInput(floating, options.inputShape, options.pictureSize));
  refuseOtherInputs(fixed);
  const loadable = toFloat32(fixed, HALF);
  const dialect = toFloat32(await toDialect(loadable, runtime, source.weights), NOT_FLOAT32);
  const wanted = { ...options, names: options.classes ? options.classes.embeddings[0]?.length : names, ofTexts };
  const chosen = await chooseOutput(dialect, wanted, runtime, source.weights);
  const classifying = await withClasses(chosen.model, options.classes);
  const folded = removeIdentity(
    foldScale(foldBatchNorm(joinProjections(joinBias(recognize(removeIdentity(classifying)))))),
  );
  const floats = withFloat32Input(folded);
  const { model, dropped } = dropSoftmax(floats);
  const asItIs = options.scoreFunction === "none";
  // the two logits of a softmax can be made of a single one
  const isPair = sizeOf(floats.graph.outputs[0]?.shape ?? []) === 2 * (floats.graph.inputs[0]?.dims[0] as number);
  const made = dropped && !isPair ? undefined : await findLogits(floats, runtime, source.weights, names);
  const found = asItIs || (dropped && made?.side === undefined) ? undefined : made;
  const read = found?.model ?? (asItIs ? floats : model);
  const { image, logits: scores } = endsOf(read, chosen.found.output);
  const known = asItIs ? "none" : (found?.scoreFunction ?? dropped ?? options.scoreFunction);
  const isOne = scores.dims[1] === 1;
  const scoreFunction = known ?? (!isOne ? "softmax" : names === 0 ? "none" : "sigmoid");
  const side = found?.side ?? (isOne && names === 2 ? 1 : undefined);
  const logits = side === undefined ? scores : sidesOf(scores, side, scoreFunction);
  if (options.grid) checkGrid(image, logits, options.grid);
  const ending =
    found?.ending && (found.ending.logits.dims[1] === logits.dims[1] ? found.ending : bothEndings(found.ending));
  return {
    location: source.location,
    model: read,
    image,
    logits,
    classes: found?.classes ?? (logits.dims[1] as number),
    ...(options.grid ? { grid: options.grid } : {}),
    scoreFunction,
    scoreFunctionKnown: known !== undefined,
    hasProbabilities: scoreFunction !== "none" || (dropped ?? made) !== undefined,
    found: { ...chosen.found, by: found ? "trial" : dropped && !asItIs ? "operator" : known ? "caller" : "nobody" },
    ofTexts,
    ...(named ? { named } : {}),
    independent: scoreFunction === "sigmoid" && !isOne && found?.side === undefined,
    ...(ending ? { ending } : {}),
    rawPixels,
    weights: source.weights,
    warnings: [
      ...leftOut,
      ...chosen.warnings,
      ...(!ofTexts && EMBEDDING.test(chosen.found.output) ? [embeddingIn(chosen.found.output)] : []),
      ...(found?.probabilitiesBy
        ? [
            `the output is a probability already, made by ${found.probabilitiesBy.label}, and no logits were found that it is made of: the probability itself is explained, whose gradient vanishes if the model is certain`,
          ]
        : []),
      ...quantizationOf(model, image),
      ...(decoded.graph.inputs[0]?.dtype === "int8" ? [SIGNED_PIXELS] : []),
    ],
  };
}

/** Few models take whole numbers, or compare pictures with texts: only these load what that needs. */
async function withFloats(model: Model): Promise<{ readonly model: Model; readonly rawPixels: boolean }> {
  if (model.graph.inputs.every(({ dtype }) => isFloat(dtype))) return { model, rawPixels: false };
  const { takeFloats } = await import("./prepare/take-floats.js");
  return takeFloats(model);
}

async function withClasses(model: Model, classes: TextClasses | undefined): Promise<Model> {
  if (!classes) return model;
  const { withTextClasses } = await import("./prepare/text-classes.js");
  return withTextClasses(model, classes);
}

/** A score for each of the two classes that a single one stands for. */
const sidesOf = (score: Value, side: 0 | 1, scoreFunction: Classifier["scoreFunction"]): Value =>
  score.graph.within("logits", () =>
    scoreFunction === "none" ? concat([sub(1, score), score], 1) : bothSides(score, score.dims[0] as number, side),
  );

/** The ending of both sides of a single logit whose ending is known. */
function bothEndings({ logits: { dims, dtype }, probabilities, logits: one }: Ending): Ending {
  const graph = new Graph(probabilities.graph.operators);
  const logits = graph.addInput("logits", dtype, [dims[0] as number, 2]);
  const y = slice(logits, [{ axis: 1, start: 1, end: 2 }]);
  const p = graft(probabilities, new Map([[one, y]]), graph, "ending");
  return { logits, probabilities: concat([sub(1, p), p], 1) };
}

/** The warning about a model that rounds on the way from the image. */
function quantizationOf({ graph }: Model, image: Value): string[] {
  const rounding = graph.descendants([image]).filter((node) => factOf(node, "numbers") === "quantized");
  if (rounding.length === 0) return [];
  const what = rounding.every(standForThemselves)
    ? "computes with its pixels in whole numbers"
    : "is quantized to integers";
  return [
    `the model ${what}: its scores are its own, but gradients and relevance pass straight through the rounding, as if it were not rounded`,
  ];
}

/** What exporters call the output of an image encoder. */
const EMBEDDING = /embed/i;

const embeddingIn = (output: string): string =>
  `the output "${output}" looks like an embedding of the picture, whose numbers are no scores of classes; say which texts are the classes with --classes (\`classes\` in programs)`;

const SIGNED_PIXELS =
  "the input holds int8, and the file does not say how pixels become that: where 128 is subtracted, take --preprocess raw --mean 128";

/** 1 GB of float32: more than any picture, and what damaged sizes easily exceed. */
const LARGEST_INPUT = 2 ** 28;

function refuseOtherInputs({ graph }: Model): void {
  const [image] = graph.inputs;
  if (!image) return;
  if (sizeOf(image.dims) === 0) {
    throw new LimnError(
      "bad-option",
      `the input "${image.name}" would have the shape [${image.dims.join(", ")}], which holds no numbers; give sizes of at least 1`,
    );
  }
  if (sizeOf(image.dims) > LARGEST_INPUT) {
    throw new LimnError(
      "unsupported",
      `the input "${image.name}" has the shape [${image.dims.join(", ")}], more than a gigabyte of numbers; give a smaller shape if the model leaves it open, or export the model again`,
    );
  }
  if (image.rank !== 4) {
    throw new LimnError(
      "unsupported",
      `the input "${image.name}" has the shape [${image.dims.join(", ")}]; Limn explains classifiers of images, which take [N, channels, height, width] or [N, height, width, channels], with or without N; choose another model`,
    );
  }
}

/** Lets models that keep another type take float32 images, so that their callers need not know. */
function withFloat32Input(model: Model): Model {
  if (model.graph.inputs.every(({ dtype }) => dtype === "float32")) return model;
  const { graph } = rewrite(model.graph, () => undefined, {
    input: ({ name, dtype, shape }, target) => {
      const image = target.addInput(name, "float32", shape);
      return target.within(name, () => cast(image, dtype ?? "float32"));
    },
  });
  return { ...model, graph };
}

/** The image that goes in, and the scores that come out as [N, classes]. @param name what the file calls the output */
function endsOf(model: Model, name: string): { image: Value; logits: Value } {
  const { graph } = model;
  const [image] = graph.inputs;
  const [output] = graph.outputs;
  if (!image || !output) throw new Error("prepared models have an input and an output");
  const scores = output.dims;
  const batch = image.dims[0] as number;
  const classes = sizeOf(scores) / batch;
  const ofEachImage = batch === 1 || scores[0] === batch;
  const isList = scores.length === 0 || scores.includes(classes);
  if (!ofEachImage || classes === 0 || !isList) {
    throw new LimnError(
      "unsupported",
      `the output "${name}" has the shape [${scores.join(", ")}], which is not a list of class scores; Limn explains classifiers: choose another output with --output, or another model`,
    );
  }
  if (!isFloat(output.dtype)) {
    throw new LimnError(
      "unsupported",
      `the output "${name}" is of type ${output.dtype ?? "unknown"}, and scores are floating point numbers; choose the output with the scores with --output, or export the model with its scores`,
    );
  }
  if (!graph.descendants([image]).some((node) => node.outputs.includes(output))) {
    throw new LimnError(
      "unsupported",
      `the output "${name}" does not depend on the input "${image.name}", so there is nothing to explain; choose another output with --output`,
    );
  }
  return { image, logits: graph.within("logits", () => reshape(output, [batch, classes])) };
}

/** Whether a model gives a single value, which is no probability. */
export const isRegression = ({
  classes,
  hasProbabilities,
}: Pick<Classifier, "classes" | "hasProbabilities">): boolean => classes === 1 && !hasProbabilities;

/**
 * The classes of an image, the most probable first, equal ones in their order: by logits where they tell, since they still
 * differ if probabilities round to 1.
 */
export function rankedClasses(
  { logits, probabilities }: { readonly logits: Float32Array; readonly probabilities: Float32Array },
  { ending }: Pick<Classifier, "ending">,
): number[] {
  const scores = ending?.ranks ? probabilities : logits;
  return [...scores.keys()].sort((a, b) => (scores[b] as number) - (scores[a] as number));
}

/** The probabilities that a classifier makes of its scores: [N, width], from 0 to 1. @param logits [N, width] */
export function probabilitiesOf(
  logits: Value,
  { scoreFunction, ending }: Pick<Classifier, "scoreFunction" | "ending">,
): Value {
  if (ending) return graft(ending.probabilities, new Map([[ending.logits, logits]]), logits.graph, logits.name);
  if (scoreFunction === "none") return logits;
  return scoreFunction === "sigmoid" ? sigmoid(logits) : softmax(logits, 1);
}
