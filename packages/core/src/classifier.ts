import { LimnError } from "./error.js";
import type { Value } from "./graph/graph.js";
import { reshape } from "./graph/math.js";
import type { Model } from "./graph/model.js";
import { rewrite } from "./graph/rewrite.js";
import { type Shape, sizeOf } from "./graph/tensor.js";
import { decodeModel } from "./onnx/decode.js";
import { dropSoftmax, type ScoreFunction } from "./prepare/drop-softmax.js";
import { fixInput } from "./prepare/fix-input.js";
import { foldBatchNorm } from "./prepare/fold-batch-norm.js";
import { toDialect } from "./prepare/prepare.js";
import { removeIdentity } from "./prepare/remove-identity.js";
import type { Runtime, Weights } from "./session.js";

/** A model's file, as Node or a browser has read it. */
export interface ModelSource {
  /** What the file is called in its own folder; constants are referred to by it. */
  readonly location: string;
  readonly bytes: Uint8Array;
  /** Where the constants are when graphs that refer to them are loaded. */
  readonly weights: Weights;
}

/** A classifier in Limn's dialect, ready to be explained. */
export interface Classifier {
  readonly location: string;
  readonly model: Model;
  readonly image: Value;
  /** Scores before any softmax or sigmoid, [N, classes]. */
  readonly logits: Value;
  readonly classes: number;
  /** What the file itself ends in; "softmax" is assumed where it ends in logits. */
  readonly scoreFunction: ScoreFunction;
  /** Whether that was read off the file. */
  readonly scoreFunctionKnown: boolean;
  readonly weights: Weights;
  readonly warnings: readonly string[];
}

export interface LoadOptions {
  /** The input's whole shape, batch included; needed where the file leaves sizes open. */
  readonly inputShape?: Shape;
  /** Name of the output to explain, where the model has several. */
  readonly output?: string;
}

/**
 * Reads a classifier and prepares it for one input shape.
 * @throws LimnError `bad-model` for damaged files, `unsupported` for models that are no image classifiers
 */
export async function loadClassifier(source: ModelSource, runtime: Runtime, options: LoadOptions = {}): Promise<Classifier> {
  const decoded = decodeModel(source.bytes, source.location);
  refuseQuantized(decoded);
  const chosen = keepOutput(decoded, options.output);
  const fixed = fixInput(chosen.model, options.inputShape);
  const dialect = await toDialect(fixed, runtime, source.weights);
  const folded = removeIdentity(foldBatchNorm(removeIdentity(dialect)));
  const { model, dropped } = dropSoftmax(folded);
  const { image, logits } = endsOf(model);
  return {
    location: source.location,
    model,
    image,
    logits,
    classes: logits.dims[1] as number,
    scoreFunction: dropped ?? "softmax",
    scoreFunctionKnown: dropped !== undefined,
    weights: source.weights,
    warnings: chosen.warnings,
  };
}

/** A model with one output: the named one, or the first that looks like scores. */
function keepOutput(model: Model, name: string | undefined): { model: Model; warnings: string[] } {
  const { outputs } = model.graph;
  const names = outputs.map((o) => `"${o.name}"`).join(", ");
  const chosen = name === undefined ? (outputs.find((o) => o.shape?.length === 2) ?? outputs[0]) : outputs.find((o) => o.name === name);
  if (!chosen) throw new LimnError("bad-option", `the model has no output "${name}"; it has ${names || "none"}`);
  if (outputs.length === 1) return { model, warnings: [] };
  const { graph } = rewrite(model.graph, () => undefined, { outputs: [chosen] });
  const warnings = name === undefined ? [`the model has ${outputs.length} outputs (${names}); explaining "${chosen.name}"`] : [];
  return { model: { ...model, graph }, warnings };
}

const QUANTIZED = /^(QLinear|Dequantize|Quantize|DynamicQuantize|ConvInteger|MatMulInteger|QGemm|QAttention)/;

function refuseQuantized({ graph }: Model): void {
  const node = graph.nodes.find(({ opType }) => QUANTIZED.test(opType));
  if (!node) return;
  throw new LimnError("unsupported", `${node.label}: the model is quantized to integers, which have no gradient; load the float32 export`);
}

/** The image that goes in, and the scores that come out as [N, classes]. */
function endsOf(model: Model): { image: Value; logits: Value } {
  const [image] = model.graph.inputs;
  const [output] = model.graph.outputs;
  if (!image || !output) throw new LimnError("unsupported", "the model has no output; a classifier gives scores");
  if (sizeOf(image.dims) === 0) {
    throw new LimnError("bad-model", `the input "${image.name}" has the shape [${image.dims}], which holds nothing; export the model again`);
  }
  if (image.rank < 3 || image.rank > 4) {
    throw new LimnError("unsupported", `the input "${image.name}" has the shape [${image.dims}]; Limn explains classifiers of images, [N, channels, height, width] or [N, height, width, channels]`);
  }
  const batch = image.dims[0] as number;
  const scores = output.dims;
  const classes = sizeOf(scores) / batch;
  if (!scores.some((d) => d === classes) || !Number.isInteger(classes)) {
    throw new LimnError(
      "unsupported",
      `the output "${output.name}" has the shape [${scores}], which is no list of class scores; Limn explains classifiers (choose another output with --output)`,
    );
  }
  if (output.dtype !== "float32" && output.dtype !== "float64" && output.dtype !== "float16") {
    throw new LimnError(
      "unsupported",
      `the output "${output.name}" is of type ${output.dtype ?? "unknown"}, no scores; choose the output with the scores with --output`,
    );
  }
  return { image, logits: model.graph.within("logits", () => reshape(output, [batch, classes])) };
}
