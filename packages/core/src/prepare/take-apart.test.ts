import { describe, expect, it } from "vitest";
import { type AttributeInit, attributesFrom, float } from "../graph/attributes.js";
import { Graph, type Value } from "../graph/graph.js";
import type { Model } from "../graph/model.js";
import { encodeModel } from "../onnx/encode.js";
import { classifierOf, mapsOf, noise } from "../testing/explaining.js";
import { NetworkWriter } from "../testing/networks.js";
import { runtime } from "../testing/runtime.js";
import { expectSameOutputs, type FormCase } from "../testing/same-outputs.js";
import { toDialect } from "./prepare.js";

const floats = (...value: number[]) => ({ kind: "floats", value }) as const;
const int32 = (dims: number[], ...data: number[]) => ({ dims, data, dtype: "int32" }) as const;
const strings = (...value: string[]) => ({ kind: "strings", value }) as const;
const ONNX = new Set(["SimplifiedLayerNormalization", "QLinearConv", "QLinearMatMul", "LSTM", "GRU", "RNN"]);

/** A case of an operator of com.microsoft, unless it is one of ONNX's own. */
const ms = (name: string, opType: string, row: Omit<FormCase, "name" | "opType" | "opset">): FormCase => ({
  name,
  opType: opType.includes(".") || ONNX.has(opType) ? opType : `com.microsoft.${opType}`,
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

const c = (...data: number[]) => ({ dims: [], data, constant: true });
const u8 = (...data: number[]) => ({ dims: [], data, dtype: "uint8", constant: true }) as const;
const s8 = (...data: number[]) => ({ dims: [], data, dtype: "int8", constant: true }) as const;
const several = (...data: number[]) => ({ dims: [data.length], data, constant: true });
/** Integers in a row that looks random, from 0 or -128 on. */
const integers = (dtype: "uint8" | "int8", dims: number[]) => {
  const low = dtype === "int8" ? -128 : 0;
  const count = dims.reduce((a, b) => a * b, 1);
  return { dims, dtype, data: Array.from({ length: count }, (_, i) => low + ((i * 83 + 29) % 256)) };
};
/** Half as large, since ONNX Runtime's sums of products of int8 overflow on some processors. */
const weights = (dtype: "uint8" | "int8", dims: number[]) => {
  const { data } = integers(dtype, dims);
  return { dims, dtype, data: data.map((v) => Math.trunc(v / 2)), constant: true };
};
const bytes = (...dims: number[]) => integers("uint8", dims);

const QUANTIZED: readonly FormCase[] = [
  ms("bias", "QLinearConv", {
    inputs: [
      bytes(1, 2, 4, 4),
      c(0.02137),
      u8(120),
      weights("int8", [3, 2, 3, 3]),
      c(0.01),
      s8(3),
      c(0.0531),
      u8(100),
      { dims: [3], data: [100, -50, 700], dtype: "int32", constant: true },
    ],
    attributes: { pads: [1, 1, 1, 1] },
  }),
  ms("a scale for each channel", "QLinearConv", {
    inputs: [
      bytes(1, 2, 4, 4),
      c(0.02137),
      u8(120),
      weights("int8", [2, 1, 3, 3]),
      several(0.01, 0.02),
      { dims: [2], data: [0, 0], dtype: "int8", constant: true },
      c(0.0531),
      u8(100),
    ],
    attributes: { group: 2, strides: [2, 2] },
  }),
  ms("channels last", "com.microsoft.QLinearConv", {
    inputs: [bytes(1, 4, 4, 2), c(0.02137), u8(120), weights("int8", [3, 2, 3, 3]), c(0.01), s8(0), c(0.0531), u8(100)],
    attributes: { channels_last: 1 },
  }),
  ms("plain", "QLinearMatMul", {
    inputs: [bytes(2, 3), c(0.02137), u8(120), weights("uint8", [3, 4]), c(0.01), u8(128), c(0.02), u8(110)],
  }),
  ms("C", "QGemm", {
    inputs: [
      bytes(2, 3),
      c(0.02137),
      u8(120),
      weights("int8", [4, 3]),
      c(0.01),
      s8(0),
      { dims: [4], data: [10, -2000, 300, 0], dtype: "int32", constant: true },
      c(0.03),
      u8(110),
    ],
    attributes: { transB: 1 },
  }),
  ms("to floats", "QGemm", {
    inputs: [
      bytes(2, 3),
      c(0.02137),
      u8(120),
      weights("int8", [3, 4]),
      several(0.01, 0.02, 0.03, 0.04),
      {
        dims: [4],
        data: [0, 0, 0, 0],
        dtype: "int8",
        constant: true,
      },
    ],
  }),
  ...["QLinearAdd", "QLinearMul"].map((opType) =>
    ms("broadcast", opType, {
      inputs: [bytes(2, 3, 2), c(0.02137), u8(120), integers("uint8", [2]), c(0.03), u8(10), c(0.06), u8(30)],
    }),
  ),
  ms("alpha", "QLinearLeakyRelu", {
    inputs: [bytes(2, 5), c(0.02137), u8(120), c(0.01), u8(100)],
    attributes: { alpha: float(0.2) },
  }),
  ms("of x", "QLinearSigmoid", { inputs: [bytes(2, 5), c(0.02137), u8(120), c(1 / 256), u8(0)] }),
  ms("axis 1", "QLinearSoftmax", {
    inputs: [bytes(2, 5), c(0.02137), u8(120), c(1 / 256), u8(0)],
    attributes: { axis: 1, opset: 13 },
  }),
  ms("of opset 11", "QLinearSoftmax", {
    inputs: [bytes(2, 3, 2), c(0.02137), u8(120), c(1 / 256), u8(0)],
    attributes: { axis: 1, opset: 11 },
  }),
  ms("channels first", "QLinearGlobalAveragePool", {
    inputs: [bytes(1, 2, 3, 3), c(0.02137), u8(120), c(0.02137), u8(120)],
  }),
  ms("channels last", "QLinearGlobalAveragePool", {
    inputs: [bytes(1, 3, 3, 2), c(0.02137), u8(120), c(0.02137), u8(120)],
    attributes: { channels_last: 1 },
  }),
  ms("pads", "QLinearAveragePool", {
    inputs: [bytes(1, 2, 4, 4), c(0.02137), u8(120), c(0.013), u8(120)],
    attributes: { kernel_shape: [3, 3], pads: [1, 1, 0, 0], strides: [2, 2] },
  }),
  ms("parts", "QLinearConcat", {
    inputs: [c(0.03), u8(110), bytes(1, 2, 3), c(0.02137), u8(120), integers("uint8", [1, 1, 3]), c(0.03), u8(100)],
    attributes: { axis: 1 },
  }),
  ms("of two", "QLinearWhere", {
    inputs: [
      { dims: [2, 3], data: [1, 0, 1, 0, 0, 1], dtype: "bool" },
      bytes(2, 3),
      c(0.02137),
      u8(120),
      bytes(2, 3),
      c(0.03),
      u8(100),
      c(0.03),
      u8(100),
    ],
  }),
  ms("plain", "QAttention", {
    inputs: [
      integers("uint8", [1, 3, 8]),
      weights("int8", [8, 24]),
      several(...Array.from({ length: 24 }, (_, i) => Math.sin(i))),
      c(0.002),
      c(0.01),
      undefined,
      u8(128),
      s8(0),
    ],
    attributes: { num_heads: 2 },
  }),
  ms("bias, zero points", "MatMulIntegerToFloat", {
    inputs: [
      bytes(2, 3),
      weights("uint8", [3, 4]),
      c(0.01),
      several(0.01, 0.02, 0.03, 0.04),
      u8(120),
      { dims: [4], data: [128, 127, 126, 0], dtype: "uint8", constant: true },
      several(1, 2, 3, 4),
    ],
  }),
  ms("bias", "DynamicQuantizeMatMul", {
    inputs: [[2, 3], weights("int8", [3, 4]), c(0.01), s8(1), several(1, 2, 3, 4)],
  }),
  ms("of x", "QuantizeLinear", { inputs: [[2, 3], c(0.01), u8(3)] }),
];

const LOW_BITS: readonly FormCase[] = [
  ...[2, 4, 8].map((bits) =>
    ms(`${bits} bits`, "MatMulNBits", {
      inputs: [[2, 32], { ...bytes(3, 2, 2 * bits), constant: true }, several(0.1, 0.2, 0.3, 0.4, 0.5, 0.6)],
      attributes: { K: 32, N: 3, bits, block_size: 16 },
    }),
  ),
  ms("zero points, the last block half empty, a bias", "MatMulNBits", {
    inputs: [
      [2, 40],
      { ...bytes(2, 3, 8), constant: true },
      several(0.1, 0.2, 0.3, 0.4, 0.5, 0.6),
      { dims: [4], data: [0x37, 0x0c, 0x58, 0x01], dtype: "uint8", constant: true },
      undefined,
      several(1, 2),
    ],
    attributes: { K: 40, N: 2, bits: 4, block_size: 16 },
  }),
  ms("zero points that are floats", "MatMulNBits", {
    inputs: [[2, 16], { ...bytes(2, 1, 8), constant: true }, several(0.1, 0.2), several(7.5, 3)],
    attributes: { K: 16, N: 2, bits: 4, block_size: 16 },
  }),
  ...[0, 1].map((quant_type) =>
    ms(quant_type === 1 ? "NF4" : "FP4", "MatMulBnb4", {
      inputs: [[2, 16], { ...bytes(24), constant: true }, several(0.1, 0.2, 0.3)],
      attributes: { K: 16, N: 3, block_size: 16, quant_type },
    }),
  ),
];

describe("weights of a few bits, taken apart", () => {
  it.each(LOW_BITS)("$opType: $name", async (row) => {
    const { graph } = await expectSameOutputs(row, (model) => toDialect(model, runtime));
    expect(graph.nodes.map(({ opType }) => opType)).toContain("MatMul");
    expect(graph.nodes.map(({ domain }) => domain)).not.toContain("com.microsoft");
  });
});

const [steps, hidden] = [4, 3];
const recurrent = (directions: number, gates: number, { bias = true, states = 0, peepholes = false } = {}) => ({
  inputs: [
    [steps, 2, 5],
    [directions, gates * hidden, 5],
    [directions, gates * hidden, hidden],
    bias ? [directions, 2 * gates * hidden] : undefined,
    undefined,
    ...[0, 1].map((i) => (i < states ? [directions, 2, hidden] : undefined)),
    ...(peepholes ? [[directions, 3 * hidden]] : []),
  ].slice(0, gates === 4 ? 8 : 6),
});

const RECURRENT: readonly FormCase[] = [
  ...(["LSTM", "GRU", "RNN"] as const).flatMap((kind) => {
    const gates = { LSTM: 4, GRU: 3, RNN: 1 }[kind];
    const outputs = kind === "LSTM" ? 3 : 2;
    return [
      ms("forward, without a bias", kind, {
        ...recurrent(1, gates, { bias: false }),
        attributes: { hidden_size: hidden },
        outputs,
      }),
      ms("backward, from a state", kind, {
        ...recurrent(1, gates, { states: gates === 4 ? 2 : 1 }),
        attributes: { hidden_size: hidden, direction: "reverse" },
        outputs,
      }),
      ms("both directions", kind, {
        ...recurrent(2, gates),
        attributes: { hidden_size: hidden, direction: "bidirectional" },
        outputs,
      }),
    ];
  }),
  ms("peepholes", "LSTM", {
    ...recurrent(1, 4, { states: 2, peepholes: true }),
    attributes: { hidden_size: hidden },
    outputs: 3,
  }),
  ms("other activations", "LSTM", {
    ...recurrent(1, 4),
    attributes: { hidden_size: hidden, activations: strings("Sigmoid", "Relu", "Tanh") },
    outputs: 3,
  }),
  ms("the reset last", "GRU", {
    ...recurrent(1, 3, { states: 1 }),
    attributes: { hidden_size: hidden, linear_before_reset: 1 },
    outputs: 2,
  }),
];

describe("recurrent layers, unrolled", () => {
  it.each(RECURRENT)("$opType: $name", async (row) => {
    const { graph } = await expectSameOutputs(row, (model) => toDialect(model, runtime));
    expect(graph.nodes.map(({ opType }) => opType)).not.toContain(row.opType);
  });

  it("stays as it is where it cuts off or has an activation that is rare", async () => {
    for (const attributes of [{ clip: float(0.5) }, { activations: strings("HardSigmoid", "Tanh", "Tanh") }]) {
      const row = ms("rare", "LSTM", { ...recurrent(1, 4), attributes: { hidden_size: hidden, ...attributes } });
      const { graph } = await expectSameOutputs(row, (model) => toDialect(model, runtime));
      expect(graph.nodes.map(({ opType }) => opType)).toContain("LSTM");
    }
  });
});

const SAMPLING: readonly FormCase[] = [
  ...[0, 1]
    .flatMap((align_corners) => [
      { name: `a picture, ${align_corners}`, theta: [2, 2, 3], size: [2, 3, 4, 5], align_corners },
      { name: `a volume, ${align_corners}`, theta: [1, 3, 4], size: [1, 3, 2, 4, 5], align_corners },
    ])
    .map(
      ({ name, theta, size, align_corners }): FormCase => ({
        name,
        opType: "AffineGrid",
        opset: 20,
        inputs: [theta, { dims: [size.length], data: size, dtype: "int64", constant: true }],
        attributes: { align_corners },
      }),
    ),
  ...["bilinear", "nearest", "bicubic"].map((mode) =>
    ms(mode, "GridSample", {
      inputs: [
        [1, 2, 4, 4],
        [1, 3, 3, 2],
      ],
      attributes: { mode, padding_mode: "border" },
    }),
  ),
  ms("channels last", "NhwcMaxPool", {
    inputs: [bytes(1, 4, 4, 2)],
    attributes: { kernel_shape: [3, 3], pads: [1, 1, 0, 0], strides: [2, 2] },
  }),
];

describe("positions and pools, taken apart", () => {
  it.each(SAMPLING)("$opType: $name", async (row) => {
    const { graph } = await expectSameOutputs(row, (model) => toDialect(model, runtime));
    expect(graph.nodes.every(({ domain, opType }) => domain === "" && opType !== "AffineGrid")).toBe(true);
  });
});

describe("integers that stand for floats, taken apart", () => {
  it.each(QUANTIZED)("$opType: $name", async (row) => {
    const { graph } = await expectSameOutputs(row, (model) => toDialect(model, runtime));
    expect(graph.nodes.some(({ domain, opType }) => domain !== "" || /^Q(?!uantizeLinear)/.test(opType))).toBe(false);
  });
});

describe("what ONNX Runtime's optimizer has put together, taken apart", () => {
  it.each([...FUSED, ...ATTENTION])("$opType: $name", async (row) => {
    const { graph } = await expectSameOutputs(row, (model) => toDialect(model, runtime));
    expect(graph.nodes.map(({ domain }) => domain)).not.toContain("com.microsoft");
    expect(graph.nodes.map(({ opType }) => opType)).not.toContain("SimplifiedLayerNormalization");
  });
});

describe("sequences", () => {
  /** Three channels in a sequence, read in some way. */
  function model(
    write: (sequence: Value, node: (opType: string, inputs: Value[], attributes?: AttributeInit) => Value) => Value,
    split?: number[],
    attributes: AttributeInit = {},
  ): Model {
    const graph = new Graph();
    const node = (opType: string, inputs: Value[], init: AttributeInit = {}) => {
      const name = `${opType}_${graph.nodes.length}`;
      const output = { name, dtype: undefined, shape: undefined };
      return graph.append({ name, opType, inputs, attributes: attributesFrom(init) }, [output]).output;
    };
    const x = graph.addInput("x", "float32", [1, 3, 2]);
    const sizes = split && [split.length > 1 ? graph.ints(split) : graph.constant("int64", [], split)];
    graph.outputs.push(write(node("SplitToSequence", [x, ...(sizes ?? [])], { axis: 1, ...attributes }), node));
    return { graph, irVersion: 10, opsets: new Map([["", 17]]), producer: "", metadata: new Map() };
  }

  const position = (like: Value, at: number) => like.graph.constant("int64", [], [at]);

  it.each<[string, Model, number[], number[]]>([
    ["one position", model((s, node) => node("SequenceAt", [s, position(s, 1)])), [1, 1, 2], [3, 4]],
    [
      "one from the end, without its axis",
      model((s, node) => node("SequenceAt", [s, position(s, -1)]), undefined, { keepdims: 0 }),
      [1, 2],
      [5, 6],
    ],
    ["parts of one size", model((s, node) => node("SequenceAt", [s, position(s, 1)]), [2]), [1, 1, 2], [5, 6]],
    [
      "parts of given sizes",
      model((s, node) => node("SequenceAt", [s, position(s, 1)]), [1, 2]),
      [1, 2, 2],
      [3, 4, 5, 6],
    ],
    [
      "all, side by side",
      model((s, node) => node("ConcatFromSequence", [s], { axis: -1 })),
      [1, 1, 6],
      [1, 2, 3, 4, 5, 6],
    ],
    [
      "all, one on top of another",
      model((s, node) => node("ConcatFromSequence", [s], { axis: 0, new_axis: 1 })),
      [3, 1, 1, 2],
      [1, 2, 3, 4, 5, 6],
    ],
    [
      "all but the last, and one before the first",
      model((s, node) => {
        const shorter = node("SequenceErase", [s]);
        const longer = node("SequenceInsert", [shorter, node("SequenceAt", [s, position(s, 2)]), position(s, 0)]);
        return node("ConcatFromSequence", [longer], { axis: 1 });
      }),
      [1, 3, 2],
      [5, 6, 1, 2, 3, 4],
    ],
    [
      "their number",
      model((s, node) =>
        node("Mul", [node("Cast", [node("SequenceLength", [s])], { to: 1 }), s.producer?.inputs[0] as Value]),
      ),
      [1, 3, 2],
      [3, 6, 9, 12, 15, 18],
    ],
  ])("%s", async (_, original, shape, values) => {
    const rewritten = await toDialect(original, runtime);
    expect(rewritten.graph.nodes.some(({ opType }) => opType.includes("Sequence"))).toBe(false);
    expect(rewritten.graph.outputs[0]?.shape).toEqual(shape);
    const feeds = { x: { dtype: "float32", dims: [1, 3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) } } as const;
    for (const written of [original, rewritten]) {
      const session = await runtime.createSession(encodeModel(written));
      const [name] = written.graph.outputs.map((v) => v.name) as [string];
      const results = await session.run(feeds, [name]);
      expect(Array.from((results[name]?.data ?? []) as Float32Array)).toEqual(values);
      await session.release();
    }
  });
});

describe("SkipLayerNormalization", () => {
  it("has the relevance of the sum and the normalization that it was made of: the bias is the layer's own", async () => {
    const block = (isFused: boolean): Uint8Array => {
      const net = new NetworkWriter("block", [1, 3, 4, 4]);
      const tokens = net.node("Reshape", "tokens", [
        net.conv("conv", net.image, [3, 6]),
        net.ints("shape", [1, 6, 16]),
      ]);
      const layer = net.node("MatMul", "layer", [tokens, net.weight("W", [16, 16], 1)]);
      const [gamma, beta, bias] = [2, 3, 4].map((seed) => net.weight(`w${seed}`, [16], seed)) as [Value, Value, Value];
      const epsilon = { epsilon: float(1e-6) };
      const sum = () => net.node("Add", "sum", [net.node("Add", "biased", [layer, bias]), tokens]);
      const y = isFused
        ? net.node("SkipLayerNormalization", "norm", [layer, tokens, gamma, beta, bias], epsilon, "com.microsoft")
        : net.node("LayerNormalization", "norm", [sum(), gamma, beta], epsilon);
      return net.bytes(net.dense("fc", net.flatten("flatten", y), [96, 3]));
    };
    const [fused, plain] = await Promise.all(
      [true, false].map(async (isFused) => mapsOf(await classifierOf(block(isFused)), ["lrp"], noise([1, 3, 4, 4]), 1)),
    );
    const largest = Math.max(...(plain?.[0]?.values ?? []).map(Math.abs));
    fused?.[0]?.values.forEach((v, i) => {
      expect(Math.abs(v - (plain?.[0]?.values[i] as number))).toBeLessThan(1e-5 * largest);
    });
  });
});
