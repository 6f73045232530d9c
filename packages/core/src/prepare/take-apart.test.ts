import { describe, expect, it } from "vitest";
import { float } from "../graph/attributes.js";
import { runtime } from "../testing/runtime.js";
import { expectSameOutputs, type FormCase } from "../testing/same-outputs.js";
import { toDialect } from "./prepare.js";

const floats = (...value: number[]) => ({ kind: "floats", value }) as const;
const int32 = (dims: number[], ...data: number[]) => ({ dims, data, dtype: "int32" }) as const;
const ms = (name: string, opType: string, row: Omit<FormCase, "name" | "opType" | "opset">): FormCase => ({
  name,
  opType: opType.includes(".") || opType === "SimplifiedLayerNormalization" ? opType : `com.microsoft.${opType}`,
  opset: 17,
  ...row,
});

const image = [1, 2, 5, 5];
const conv = { inputs: [image, [3, 2, 3, 3], [3]], attributes: { pads: [1, 1, 1, 1], kernel_shape: [3, 3] } };
const activated = (activation: string, ...params: number[]) => ({
  inputs: conv.inputs,
  attributes: {
    ...conv.attributes,
    activation,
    activation_params: params.length > 0 ? floats(...params) : undefined,
  },
});

const FUSED: readonly FormCase[] = [
  ms("Relu", "FusedConv", activated("Relu")),
  ms("LeakyRelu", "FusedConv", activated("LeakyRelu", 0.2)),
  ms("Sigmoid", "FusedConv", activated("Sigmoid")),
  ms("Tanh", "FusedConv", activated("Tanh")),
  ms("Clip", "FusedConv", activated("Clip", 2, 6)),
  ms("HardSigmoid", "FusedConv", activated("HardSigmoid", 0.05, 0.1)),
  ms("strides, groups, no bias", "FusedConv", {
    inputs: [image, [4, 1, 2, 2]],
    attributes: { kernel_shape: [2, 2], strides: [2, 2], group: 2, activation: "Relu" },
  }),
  ms("auto_pad", "FusedConv", {
    inputs: [image, [4, 2, 3, 3]],
    attributes: { auto_pad: "SAME_UPPER", activation: "Relu" },
  }),
  ms("a sum before the activation", "FusedConv", {
    inputs: [image, [3, 2, 3, 3], [3], { dims: [1, 3, 5, 5], data: Array.from({ length: 75 }, (_, i) => -i / 3) }],
    attributes: { ...conv.attributes, activation: "Relu" },
  }),
  ...["Relu", "Sigmoid", "Tanh", "Softplus", "Softsign"].map((activation) =>
    ms(activation, "FusedGemm", { inputs: [[2, 3], [3, 4], [4]], attributes: { activation } }),
  ),
  ms("LeakyRelu", "FusedGemm", {
    inputs: [[2, 3], [3, 4], { dims: [4], data: [-9, -2, 1, 3] }],
    attributes: { activation: "LeakyRelu", activation_alpha: float(0.1) },
  }),
  ms("HardSigmoid", "FusedGemm", {
    inputs: [
      [2, 3],
      [3, 4],
    ],
    attributes: { activation: "HardSigmoid", activation_alpha: float(0.1), activation_beta: float(0.3) },
  }),
  ms("all attributes", "FusedGemm", {
    inputs: [
      [3, 2],
      [4, 3],
      [2, 4],
    ],
    attributes: { activation: "Relu", transA: 1, transB: 1, alpha: float(0.5), beta: float(-1) },
  }),
  ms("alpha", "FusedMatMul", {
    inputs: [
      [2, 2, 3],
      [2, 3, 4],
    ],
    attributes: { alpha: float(0.3) },
  }),
  ms("transA, transB", "FusedMatMul", {
    inputs: [
      [2, 3, 2],
      [2, 4, 3],
    ],
    attributes: { transA: 1, transB: 1 },
  }),
  ms("transB over four axes", "FusedMatMul", {
    inputs: [
      [1, 2, 3, 4],
      [1, 2, 5, 4],
    ],
    attributes: { transB: 1, alpha: float(0.5) },
  }),
  ms("transBatchA, transBatchB", "FusedMatMul", {
    inputs: [
      [3, 2, 4],
      [4, 2, 5],
    ],
    attributes: { transBatchA: 1, transBatchB: 1 },
  }),
  ms("transA and transBatchA", "FusedMatMul", {
    inputs: [
      [4, 2, 3],
      [2, 4, 5],
    ],
    attributes: { transA: 1, transBatchA: 1 },
  }),
  ms("transB and transBatchB, four axes", "FusedMatMul", {
    inputs: [
      [2, 3, 4, 5],
      [6, 2, 3, 5],
    ],
    attributes: { transB: 1, transBatchB: 1 },
  }),
  ms("a vector", "FusedMatMul", { inputs: [[3], [3, 4]], attributes: { alpha: float(2) } }),
  ms("of x", "Gelu", { inputs: [[2, 5]] }),
  ms("of x + b", "BiasGelu", { inputs: [[2, 3, 5], [5]] }),
  ms("of x", "FastGelu", { inputs: [[2, 5]] }),
  ms("of x + b", "FastGelu", { inputs: [[2, 3, 5], [5]] }),
  ms("default", "QuickGelu", { inputs: [[2, 5]] }),
  ms("alpha", "QuickGelu", { inputs: [[2, 5]], attributes: { alpha: float(1) } }),
  ms("beta", "SkipLayerNormalization", { inputs: [[2, 3, 4], [2, 3, 4], [4], [4]] }),
  ms("bias, epsilon", "SkipLayerNormalization", {
    inputs: [[2, 3, 4], [2, 3, 4], [4], [4], [4]],
    attributes: { epsilon: float(0.01) },
  }),
  ms("neither", "SkipLayerNormalization", { inputs: [[2, 3, 4], [2, 3, 4], [4]] }),
  ms("skip broadcast", "SkipLayerNormalization", { inputs: [[2, 3, 4], [1, 3, 4], [4], [4]] }),
  ms("skip without images", "SkipLayerNormalization", { inputs: [[2, 3, 4], [3, 4], [4], [4]] }),
  ms("plain", "SkipSimplifiedLayerNormalization", { inputs: [[2, 3, 4], [2, 3, 4], [4]] }),
  ms("bias", "SkipSimplifiedLayerNormalization", {
    inputs: [[2, 3, 4], [2, 3, 4], [4], [4]],
    attributes: { epsilon: float(0.01) },
  }),
  ms("last axis", "SimplifiedLayerNormalization", { inputs: [[2, 3, 4], [4]], attributes: { axis: -1 } }),
  ms("from axis 1", "SimplifiedLayerNormalization", {
    inputs: [
      [2, 3, 4],
      [3, 4],
    ],
    attributes: { axis: 1, epsilon: float(0.1) },
  }),
];

const width = 8;
const tokens = [2, 3, width];
const packed = { inputs: [tokens, [width, 3 * width], [3 * width]] };
const three = [tokens, tokens, tokens];
const other = [2, 4, width];

const ATTENTION: readonly FormCase[] = [
  ms("plain", "Attention", { ...packed, attributes: { num_heads: 2 } }),
  ms("scale", "Attention", { ...packed, attributes: { num_heads: 2, scale: float(0.9) } }),
  ms("unidirectional", "Attention", { ...packed, attributes: { num_heads: 4, unidirectional: 1 } }),
  ms("sizes", "Attention", {
    inputs: [tokens, [width, 20], [20]],
    attributes: { num_heads: 2, qkv_hidden_sizes: [8, 8, 4] },
  }),
  ms("mask by lengths", "Attention", { inputs: [...packed.inputs, int32([2], 2, 3)], attributes: { num_heads: 2 } }),
  ms("mask by ends and starts", "Attention", {
    inputs: [...packed.inputs, int32([4], 2, 3, 0, 1)],
    attributes: { num_heads: 2 },
  }),
  ms("mask of tokens", "Attention", {
    inputs: [...packed.inputs, int32([2, 3], 1, 1, 0, 1, 0, 1)],
    attributes: { num_heads: 2, mask_filter_value: float(-3) },
  }),
  ms("mask of pairs", "Attention", {
    inputs: [...packed.inputs, int32([2, 3, 3], 1, 1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1, 0, 0, 1, 1, 0, 0)],
    attributes: { num_heads: 2 },
  }),
  ms("mask and unidirectional", "Attention", {
    inputs: [...packed.inputs, int32([2, 3], 1, 1, 0, 1, 0, 1)],
    attributes: { num_heads: 2, unidirectional: 1 },
  }),
  ms("bias of scores", "Attention", {
    inputs: [...packed.inputs, undefined, undefined, [2, 2, 3, 3]],
    attributes: { num_heads: 2 },
  }),
  ms("one bias of scores for all", "Attention", {
    inputs: [...packed.inputs, undefined, undefined, [1, 2, 3, 3]],
    attributes: { num_heads: 2 },
  }),
  ms("past", "Attention", {
    inputs: [...packed.inputs, undefined, [2, 2, 2, 5, 4]],
    attributes: { num_heads: 2 },
    outputs: 2,
  }),
  ms("past, unidirectional", "Attention", {
    inputs: [...packed.inputs, undefined, [2, 2, 2, 5, 4]],
    attributes: { num_heads: 2, unidirectional: 1 },
    outputs: 2,
  }),

  ms("plain", "MultiHeadAttention", { inputs: three, attributes: { num_heads: 2 } }),
  ms("bias, scale", "MultiHeadAttention", {
    inputs: [...three, [3 * width]],
    attributes: { num_heads: 2, scale: float(0.2) },
  }),
  ms("of another sequence", "MultiHeadAttention", { inputs: [tokens, other, [2, 4, 6]], attributes: { num_heads: 2 } }),
  ms("keys and values in heads", "MultiHeadAttention", {
    inputs: [tokens, [2, 2, 4, 4], [2, 2, 4, 4]],
    attributes: { num_heads: 2 },
  }),
  ms("mask by lengths", "MultiHeadAttention", {
    inputs: [...three, undefined, int32([2], 2, 3)],
    attributes: { num_heads: 2 },
  }),
  ms("mask of tokens", "MultiHeadAttention", {
    inputs: [tokens, other, other, undefined, int32([2, 4], 1, 1, 0, 1, 0, 1, 1, 1)],
    attributes: { num_heads: 2, mask_filter_value: float(-2) },
  }),
  ms("bias of scores", "MultiHeadAttention", {
    inputs: [...three, undefined, undefined, [1, 1, 3, 3]],
    attributes: { num_heads: 2 },
  }),
  ms("unidirectional", "MultiHeadAttention", { inputs: three, attributes: { num_heads: 2, unidirectional: 1 } }),
  ms("past", "MultiHeadAttention", {
    inputs: [...three, undefined, undefined, undefined, [2, 2, 5, 4], [2, 2, 5, 4]],
    attributes: { num_heads: 2 },
    outputs: 3,
  }),

  ...[0, 1].flatMap((interleaved) => [
    ms(`one offset, interleaved ${interleaved}`, "RotaryEmbedding", {
      inputs: [tokens, { dims: [1], data: [2], dtype: "int64" }, [6, 2], [6, 2]],
      attributes: { interleaved },
    }),
    ms(`positions, interleaved ${interleaved}`, "RotaryEmbedding", {
      inputs: [[2, 2, 3, 4], { dims: [2, 3], data: [0, 2, 4, 5, 1, 0], dtype: "int64" }, [6, 2], [6, 2]],
      attributes: { interleaved },
    }),
  ]),
  ms("a part of the features", "RotaryEmbedding", {
    inputs: [tokens, { dims: [1], data: [0], dtype: "int64" }, [6, 1], [6, 1]],
    attributes: { num_heads: 2, rotary_embedding_dim: 2 },
  }),

  ms("no segments", "EmbedLayerNormalization", {
    inputs: [int32([2, 3], 0, 4, 2, 1, 1, 3), undefined, [5, 4], [3, 4], undefined, [4], [4]],
    outputs: 2,
  }),
  ms("segments, mask, sum", "EmbedLayerNormalization", {
    inputs: [
      int32([2, 3], 0, 4, 2, 1, 1, 3),
      int32([2, 3], 0, 1, 1, 0, 0, 1),
      [5, 4],
      [7, 4],
      [2, 4],
      [4],
      [4],
      int32([2, 3], 1, 1, 0, 1, 1, 1),
    ],
    outputs: 3,
    attributes: { epsilon: float(0.01) },
  }),
];

describe("what ONNX Runtime's optimizer has put together, taken apart", () => {
  it.each([...FUSED, ...ATTENTION])("$opType: $name", async (row) => {
    const { graph } = await expectSameOutputs(row, (model) => toDialect(model, runtime));
    expect(graph.nodes.map(({ domain }) => domain)).not.toContain("com.microsoft");
    expect(graph.nodes.map(({ opType }) => opType)).not.toContain("SimplifiedLayerNormalization");
  });
});
