import type { Node, Value } from "../graph/graph.js";
import type { Model } from "../graph/model.js";
import { rewrite } from "../graph/rewrite.js";
import { knownOperator, standardOperators } from "../ops/registry.js";
import { affineGrid } from "./take-apart/affine-grid.js";
import { attention, multiHeadAttention, rotaryEmbedding } from "./take-apart/attention.js";
import { fastGelu, fusedConv, fusedGemm, fusedMatMul, gelu, gridSample, quickGelu } from "./take-apart/fused.js";
import {
  embedLayerNormalization,
  simplifiedLayerNormalization,
  skipLayerNormalization,
  skipSimplifiedLayerNormalization,
} from "./take-apart/layer-normalization.js";
import { matMulBnb4, matMulNBits } from "./take-apart/low-bits.js";
import type { TakeApart } from "./take-apart/part.js";
import {
  convInteger,
  dynamicQuantizeMatMul,
  matMulInteger,
  matMulIntegerToFloat,
  nhwcMaxPool,
  plainQuantization,
  qAttention,
  qGemm,
  qLinearAdd,
  qLinearAveragePool,
  qLinearConcat,
  qLinearConv,
  qLinearGlobalAveragePool,
  qLinearLeakyRelu,
  qLinearMatMul,
  qLinearMul,
  qLinearReduceMean,
  qLinearSigmoid,
  qLinearSoftmax,
  qLinearWhere,
  scaledIntegers,
  scalesIntegers,
} from "./take-apart/quantized.js";
import { gru, lstm, rnn } from "./take-apart/recurrent.js";
import {
  concatFromSequence,
  optionalElement,
  sequenceAt,
  sequenceLength,
  zippedScores,
} from "./take-apart/sequences.js";

/** The operators that are written as several of ONNX's, by the names that docs/operators.md has. */
const PARTS: Readonly<Record<string, TakeApart>> = {
  AffineGrid: affineGrid,
  GRU: gru,
  LSTM: lstm,
  RNN: rnn,
  SimplifiedLayerNormalization: simplifiedLayerNormalization,
  "com.microsoft.Attention": attention,
  "com.microsoft.BiasGelu": gelu,
  "com.microsoft.EmbedLayerNormalization": embedLayerNormalization,
  "com.microsoft.FastGelu": fastGelu,
  "com.microsoft.FusedConv": fusedConv,
  "com.microsoft.FusedGemm": fusedGemm,
  "com.microsoft.FusedMatMul": fusedMatMul,
  "com.microsoft.FusedMatMulActivation": fusedMatMul,
  "com.microsoft.Gelu": gelu,
  "com.microsoft.GridSample": gridSample,
  "com.microsoft.MultiHeadAttention": multiHeadAttention,
  "com.microsoft.QuickGelu": quickGelu,
  "com.microsoft.RotaryEmbedding": rotaryEmbedding,
  "com.microsoft.SkipLayerNormalization": skipLayerNormalization,
  "com.microsoft.SkipSimplifiedLayerNormalization": skipSimplifiedLayerNormalization,
  "com.microsoft.TransposeMatMul": fusedMatMul,

  ConvInteger: convInteger,
  MatMulInteger: matMulInteger,
  QLinearConv: qLinearConv,
  QLinearMatMul: qLinearMatMul,
  "com.microsoft.DequantizeLinear": plainQuantization,
  "com.microsoft.DynamicQuantizeMatMul": dynamicQuantizeMatMul,
  "com.microsoft.MatMulBnb4": matMulBnb4,
  "com.microsoft.MatMulIntegerToFloat": matMulIntegerToFloat,
  "com.microsoft.MatMulNBits": matMulNBits,
  "com.microsoft.NhwcMaxPool": nhwcMaxPool,
  "com.microsoft.QAttention": qAttention,
  "com.microsoft.QGemm": qGemm,
  "com.microsoft.QLinearAdd": qLinearAdd,
  "com.microsoft.QLinearAveragePool": qLinearAveragePool,
  "com.microsoft.QLinearConcat": qLinearConcat,
  "com.microsoft.QLinearConv": qLinearConv,
  "com.microsoft.QLinearGlobalAveragePool": qLinearGlobalAveragePool,
  "com.microsoft.QLinearLeakyRelu": qLinearLeakyRelu,
  "com.microsoft.QLinearMul": qLinearMul,
  "com.microsoft.QLinearReduceMean": qLinearReduceMean,
  "com.microsoft.QLinearSigmoid": qLinearSigmoid,
  "com.microsoft.QLinearSoftmax": qLinearSoftmax,
  "com.microsoft.QLinearWhere": qLinearWhere,
  "com.microsoft.QuantizeLinear": plainQuantization,
};

/** What reads sequences, which have no shapes. */
const OF_SEQUENCES: Readonly<Record<string, TakeApart>> = {
  ConcatFromSequence: concatFromSequence,
  OptionalGetElement: optionalElement,
  SequenceAt: sequenceAt,
  SequenceLength: sequenceLength,
  "ai.onnx.ml.ZipMap": zippedScores,
};

/** What the dialect has, too, and what has a plainer form where its inputs allow it. */
const PLAINER: Readonly<Record<string, TakeApart>> = {};

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
export function takeApart(model: Model): Model {
  const found = new Map<Node, TakeApart>();
  for (const node of model.graph.nodes) {
    if (knownOperator(node) !== standardOperators.find(node)) continue;
    const name = node.domain ? `${node.domain}.${node.opType}` : node.opType;
    const parts = OF_SEQUENCES[name] ?? (hasShapes(node) ? (PARTS[name] ?? PLAINER[name]) : undefined);
    if (parts) found.set(node, parts);
    else if (scalesIntegers(node)) found.set(node, scaledIntegers);
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
