import type { Node, Value } from "../graph/graph.js";
import type { Model } from "../graph/model.js";
import { rewrite } from "../graph/rewrite.js";
import { knownOperator, standardOperators } from "../ops/registry.js";
import { scalesIntegers } from "./take-apart/of-integers.js";
import type { TakeApart } from "./take-apart/part.js";
import {
  concatFromSequence,
  optionalElement,
  sequenceAt,
  sequenceLength,
  zippedScores,
} from "./take-apart/sequences.js";

/** Loads how an operator is taken apart, which few models need. */
type Load = () => Promise<TakeApart>;

/** What a file exports that takes operators apart. */
type PartsOf<File> = { [Name in keyof File]: File[Name] extends TakeApart ? Name : never }[keyof File];

const from =
  <File>(load: () => Promise<File>) =>
  (name: PartsOf<File>): Load =>
  async () =>
    (await load())[name] as TakeApart;

const affineGrid = from(() => import("./take-apart/affine-grid.js"));
const attention = from(() => import("./take-apart/attention.js"));
const fused = from(() => import("./take-apart/fused.js"));
const layerNormalization = from(() => import("./take-apart/layer-normalization.js"));
const lowBits = from(() => import("./take-apart/low-bits.js"));
const quantized = from(() => import("./take-apart/quantized.js"));
const recurrent = from(() => import("./take-apart/recurrent.js"));

/** The operators that are written as several of ONNX's, by the names that docs/operators.md has. */
const PARTS: Readonly<Record<string, Load>> = {
  AffineGrid: affineGrid("affineGrid"),
  GRU: recurrent("gru"),
  LSTM: recurrent("lstm"),
  RNN: recurrent("rnn"),
  SimplifiedLayerNormalization: layerNormalization("simplifiedLayerNormalization"),
  "com.microsoft.Attention": attention("attention"),
  "com.microsoft.BiasGelu": fused("gelu"),
  "com.microsoft.EmbedLayerNormalization": layerNormalization("embedLayerNormalization"),
  "com.microsoft.FastGelu": fused("fastGelu"),
  "com.microsoft.FusedConv": fused("fusedConv"),
  "com.microsoft.FusedGemm": fused("fusedGemm"),
  "com.microsoft.FusedMatMul": fused("fusedMatMul"),
  "com.microsoft.FusedMatMulActivation": fused("fusedMatMul"),
  "com.microsoft.Gelu": fused("gelu"),
  "com.microsoft.GridSample": fused("gridSample"),
  "com.microsoft.MultiHeadAttention": attention("multiHeadAttention"),
  "com.microsoft.QuickGelu": fused("quickGelu"),
  "com.microsoft.RotaryEmbedding": attention("rotaryEmbedding"),
  "com.microsoft.SkipLayerNormalization": layerNormalization("skipLayerNormalization"),
  "com.microsoft.SkipSimplifiedLayerNormalization": layerNormalization("skipSimplifiedLayerNormalization"),
  "com.microsoft.TransposeMatMul": fused("fusedMatMul"),

  ConvInteger: quantized("convInteger"),
  MatMulInteger: quantized("matMulInteger"),
  QLinearConv: quantized("qLinearConv"),
  QLinearMatMul: quantized("qLinearMatMul"),
  "com.microsoft.DequantizeLinear": quantized("plainQuantization"),
  "com.microsoft.DynamicQuantizeMatMul": quantized("dynamicQuantizeMatMul"),
  "com.microsoft.MatMulBnb4": lowBits("matMulBnb4"),
  "com.microsoft.MatMulIntegerToFloat": quantized("matMulIntegerToFloat"),
  "com.microsoft.MatMulNBits": lowBits("matMulNBits"),
  "com.microsoft.NhwcMaxPool": quantized("nhwcMaxPool"),
  "com.microsoft.QAttention": quantized("qAttention"),
  "com.microsoft.QGemm": quantized("qGemm"),
  "com.microsoft.QLinearAdd": quantized("qLinearAdd"),
  "com.microsoft.QLinearAveragePool": quantized("qLinearAveragePool"),
  "com.microsoft.QLinearConcat": quantized("qLinearConcat"),
  "com.microsoft.QLinearConv": quantized("qLinearConv"),
  "com.microsoft.QLinearGlobalAveragePool": quantized("qLinearGlobalAveragePool"),
  "com.microsoft.QLinearLeakyRelu": quantized("qLinearLeakyRelu"),
  "com.microsoft.QLinearMul": quantized("qLinearMul"),
  "com.microsoft.QLinearReduceMean": quantized("qLinearReduceMean"),
  "com.microsoft.QLinearSigmoid": quantized("qLinearSigmoid"),
  "com.microsoft.QLinearSoftmax": quantized("qLinearSoftmax"),
  "com.microsoft.QLinearWhere": quantized("qLinearWhere"),
  "com.microsoft.QuantizeLinear": quantized("plainQuantization"),
};

/** What reads sequences, which have no shapes. */
const OF_SEQUENCES: Readonly<Record<string, TakeApart>> = {
  ConcatFromSequence: concatFromSequence,
  OptionalGetElement: optionalElement,
  SequenceAt: sequenceAt,
  SequenceLength: sequenceLength,
  "ai.onnx.ml.ZipMap": zippedScores,
};

const scaledIntegers = quantized("scaledIntegers");

/** The names of what is taken apart. */
export const takenApart: readonly string[] = Object.keys(PARTS);

/**
 * Writes operators that ONNX Runtime's optimizer and quantizer have put together as the standard ones they stand for. An operator
 * that the user defines stays as it is.
 *
 * Requires: opset 21; inferred types, as far as they are known.
 * Ensures: what is taken apart is what could be, given the shapes that are known.
 * @returns the model itself where there was nothing to take apart
 * @throws LimnError `unsupported` for forms that have no counterpart
 */
export async function takeApart(model: Model): Promise<Model> {
  const found = new Map<Node, TakeApart>();
  for (const node of model.graph.nodes) {
    if (knownOperator(node) !== standardOperators.find(node)) continue;
    const name = node.domain ? `${node.domain}.${node.opType}` : node.opType;
    const load = hasShapes(node) ? PARTS[name] : undefined;
    const parts = OF_SEQUENCES[name] ?? (await (load ?? (scalesIntegers(node) ? scaledIntegers : undefined))?.());
    if (parts) found.set(node, parts);
  }
  if (found.size === 0) return model;
  const consumers = model.graph.consumers();
  let changed = false;
  const { graph } = rewrite(model.graph, (node, inputs, target) => {
    const readers = (i: number) => consumers.get(node.outputs[i] as Value) ?? [];
    const isOutput = (i: number) => model.graph.outputs.includes(node.outputs[i] as Value);
    const isRead = (i: number) => isOutput(i) || readers(i).length > 0;
    const parts = found.get(node)?.({ node, at: node.at, inputs, graph: target, isRead, readers });
    changed ||= parts !== undefined;
    return parts;
  });
  return changed ? { ...model, graph } : model;
}

/** Whether the inputs that depend on others have shapes by now. */
const hasShapes = (node: Node): boolean => [...node.reads()].every(({ shape }) => shape !== undefined);
