import { describe, expect, it } from "vitest";
import { float } from "../graph/attributes.js";
import { oneNodeModel } from "../testing/one-node.js";
import { runtime } from "../testing/runtime.js";
import { expectSameOutputs, type FormCase } from "../testing/same-outputs.js";
import { toDialect } from "./prepare.js";
import { upgradeOpset } from "./upgrade-opset.js";

const floats = (...value: number[]) => ({ kind: "floats", value }) as const;
const int64 = (...data: number[]) => ({ dims: [data.length], data, dtype: "int64" }) as const;
const constant = (...data: number[]) => ({ dims: [data.length], data, constant: true });
const image = [1, 2, 4, 4];
/** One image's queries, keys or values. */
const heads = (count: number, length: number, features: number) => [1, count, length, features];

/** Forms that work whether shapes are known or not. */
const FORMS: readonly FormCase[] = [
  { name: "both bounds", opType: "Clip", opset: 7, inputs: [[2, 3]], attributes: { min: float(0.8), max: float(1.2) } },
  { name: "one bound", opType: "Clip", opset: 10, inputs: [[2, 3]], attributes: { max: float(1) } },
  { name: "no bound", opType: "Clip", opset: 6 + 1, inputs: [[2, 3]] },
  { name: "constant", opType: "Pad", opset: 7, inputs: [[2, 3]], attributes: { pads: [0, 1, 2, 0], value: float(7) } },
  { name: "default value", opType: "Pad", opset: 10, inputs: [[2, 3]], attributes: { pads: [1, 1, 0, 0] } },
  { name: "reflect", opType: "Pad", opset: 10, inputs: [[2, 3]], attributes: { pads: [0, 2, 0, 1], mode: "reflect" } },
  {
    name: "axes",
    opType: "Slice",
    opset: 7,
    inputs: [[3, 4]],
    attributes: { starts: [1, -3], ends: [1000, -1], axes: [0, 1] },
  },
  { name: "no axes", opType: "Slice", opset: 9, inputs: [[3, 4]], attributes: { starts: [1], ends: [2] } },
  { name: "axes", opType: "Squeeze", opset: 7, inputs: [[1, 3, 1]], attributes: { axes: [2] } },
  { name: "all axes", opType: "Squeeze", opset: 11, inputs: [[1, 3, 1]] },
  { name: "axes", opType: "Unsqueeze", opset: 11, inputs: [[3, 2]], attributes: { axes: [0, -1] } },
  ...["L1", "L2", "LogSum", "LogSumExp", "Max", "Mean", "Min", "Prod", "Sum", "SumSquare"].flatMap((kind) => [
    {
      name: "axes",
      opType: `Reduce${kind}`,
      opset: 11,
      inputs: [[2, 3, 2]],
      attributes: { axes: [0, -1], keepdims: 0 },
    },
    { name: "all axes", opType: `Reduce${kind}`, opset: 12, inputs: [[2, 3]] },
  ]),
  { name: "axes", opType: "ReduceMean", opset: 17, inputs: [[2, 3, 2]], attributes: { axes: [1] } },
  {
    name: "sizes",
    opType: "Split",
    opset: 11,
    inputs: [[2, 5]],
    attributes: { axis: 1, split: [2, 3] },
    outputs: 2,
  },
  { name: "equal parts", opType: "Split", opset: 7, inputs: [[4, 2]], outputs: 2 },
  { name: "equal parts", opType: "Split", opset: 13, inputs: [[4, 2]], outputs: 2 },
  { name: "sizes computed", opType: "Split", opset: 13, inputs: [[5, 2], int64(1, 4)], outputs: 2 },
  { name: "k", opType: "TopK", opset: 7, inputs: [[2, 5]], attributes: { k: 3 }, outputs: 2 },
  { name: "ratio", opType: "Dropout", opset: 7, inputs: [[2, 3]], attributes: { ratio: float(0.3) } },
  { name: "mask", opType: "Dropout", opset: 12, inputs: [[2, 3]], outputs: 2 },
  ...["Softmax", "LogSoftmax", "Hardmax"].flatMap((opType) => [
    { name: "default axis", opType, opset: 7, inputs: [[2, 3, 2]] },
    { name: "axis 0", opType, opset: 11, inputs: [[2, 3]], attributes: { axis: 0 } },
    { name: "last axis", opType, opset: 11, inputs: [[2, 3, 2]], attributes: { axis: -1 } },
    { name: "trailing ones", opType, opset: 9, inputs: [[2, 3, 1, 1]], attributes: { axis: 1 } },
  ]),
  {
    name: "to the end, as PyTorch writes it",
    opType: "Slice",
    opset: 9,
    inputs: [image],
    attributes: {
      axes: [2, 3],
      starts: [1, -2],
      ends: { kind: "ints", value: [2n ** 63n - 1n, 2n ** 63n - 1n] },
    },
  },
  { name: "inference", opType: "BatchNormalization", opset: 7, inputs: [image, [2], [2], [2], [2]] },
  {
    name: "spatial=1, momentum",
    opType: "BatchNormalization",
    opset: 8,
    inputs: [image, [2], [2], [2], [2]],
    attributes: { spatial: 1, epsilon: float(0.1), momentum: float(0.5) },
  },
  { name: "inference", opType: "BatchNormalization", opset: 14, inputs: [image, [2], [2], [2], [2]] },
  {
    name: "without C",
    opType: "Gemm",
    opset: 11,
    inputs: [
      [2, 3],
      [4, 3],
    ],
    attributes: { transB: 1 },
  },
  { name: "with C", opType: "Gemm", opset: 7, inputs: [[2, 3], [3, 4], [4]] },
  ...["nearest", "linear"].flatMap((mode) => [
    {
      name: `${mode}, scales in an attribute`,
      opType: "Upsample",
      opset: 7,
      inputs: [image],
      attributes: { mode, scales: floats(1, 1, 2, 3) },
    },
    {
      name: `${mode}, scales as input`,
      opType: "Upsample",
      opset: 9,
      inputs: [image, constant(1, 1, 1.5, 2.25)],
      attributes: { mode },
    },
    {
      name: `${mode}, up`,
      opType: "Resize",
      opset: 10,
      inputs: [image, constant(1, 1, 1.7, 2)],
      attributes: { mode },
    },
    {
      name: `${mode}, down`,
      opType: "Resize",
      opset: 10,
      inputs: [image, constant(1, 1, 0.6, 0.8)],
      attributes: { mode },
    },
  ]),
  {
    name: "empty roi",
    opType: "Resize",
    opset: 11,
    inputs: [image, constant(), constant(1, 1, 2, 2)],
    attributes: { mode: "linear" },
  },
  {
    name: "empty scales",
    opType: "Resize",
    opset: 11,
    inputs: [image, constant(), constant(), { ...int64(1, 2, 7, 3), constant: true }],
    attributes: { mode: "nearest" },
  },
  ...["floor", "round_prefer_floor"].map((nearest_mode) => ({
    name: `tf_half_pixel_for_nn, ${nearest_mode}`,
    opType: "Resize",
    opset: 11,
    inputs: [image, constant(), constant(1, 1, 1.5, 0.7)],
    attributes: { mode: "nearest", coordinate_transformation_mode: "tf_half_pixel_for_nn", nearest_mode },
  })),
  ...["bilinear", "bicubic", "nearest"].map((mode) => ({
    name: mode,
    opType: "GridSample",
    opset: 16,
    inputs: [image, { dims: [1, 2, 2, 2], data: [-0.9, 0.1, 0.3, 0.7, -0.2, 0.4, 0.8, -0.6] }],
    attributes: { mode },
  })),
  {
    name: "renamed",
    opType: "Scatter",
    opset: 9,
    inputs: [[3, 2], { dims: [1, 2], data: [2, 0], dtype: "int64" }, [1, 2]],
  },
  { name: "axis", opType: "DFT", opset: 17, inputs: [[1, 4, 3, 1]], attributes: { axis: 2 } },
  { name: "default axis", opType: "DFT", opset: 17, inputs: [[1, 4, 1]] },
  { name: "alpha", opType: "Swish", opset: 24, inputs: [[2, 3]], attributes: { alpha: float(1.5) } },
  { name: "plain", opType: "Swish", opset: 24, inputs: [[2, 3]] },
  { name: "last axis", opType: "RMSNormalization", opset: 23, inputs: [[2, 3, 4], [4]] },
  { name: "images and positions", opType: "MeanVarianceNormalization", opset: 13, inputs: [[2, 3, 2, 4]] },
  { name: "axes", opType: "MeanVarianceNormalization", opset: 9, inputs: [[2, 3, 4]], attributes: { axes: [2] } },
  { name: "types only", opType: "Relu", opset: 7, inputs: [[2, 3]] },
  {
    name: "types only",
    opType: "MaxPool",
    opset: 8,
    inputs: [image],
    attributes: { kernel_shape: [2, 2] },
    outputs: 2,
  },
  { name: "p", opType: "LpPool", opset: 11, inputs: [image], attributes: { kernel_shape: [2, 2], p: 3 } },
  { name: "types only", opType: "Elu", opset: 26, inputs: [[2, 3]] },
];

/** Forms whose rewriting needs to know the shape. */
const STATIC_FORMS: readonly FormCase[] = [
  {
    name: "training mode",
    opType: "BatchNormalization",
    opset: 14,
    inputs: [[2, 2, 3, 3], [2], [2], [2], [2]],
    attributes: { training_mode: 1, momentum: float(0.7) },
    outputs: 3,
  },
  {
    name: "per group",
    opType: "GroupNormalization",
    opset: 18,
    inputs: [[2, 6, 2, 2], [3], [3]],
    attributes: { num_groups: 3 },
  },
  {
    name: "axis 1",
    opType: "RMSNormalization",
    opset: 23,
    inputs: [
      [2, 3, 4],
      [3, 4],
    ],
    attributes: { axis: 1 },
  },
  { name: "heads apart", opType: "Attention", opset: 23, inputs: [heads(2, 4, 3), heads(2, 5, 3), heads(2, 5, 4)] },
  {
    name: "heads side by side",
    opType: "Attention",
    opset: 23,
    inputs: [
      [2, 4, 6],
      [2, 5, 6],
      [2, 5, 8],
    ],
    attributes: { q_num_heads: 2, kv_num_heads: 2, scale: float(0.3) },
  },
  {
    name: "causal, fewer heads of keys",
    opType: "Attention",
    opset: 23,
    inputs: [heads(4, 3, 2), heads(2, 3, 2), heads(2, 3, 2)],
    attributes: { is_causal: 1 },
  },
  {
    name: "a mask of numbers",
    opType: "Attention",
    opset: 23,
    inputs: [heads(2, 2, 3), heads(2, 3, 3), heads(2, 3, 3), [2, 3]],
  },
  {
    name: "a mask of truth values",
    opType: "Attention",
    opset: 24,
    inputs: [
      heads(2, 2, 3),
      heads(2, 3, 3),
      heads(2, 3, 3),
      { dims: [2, 3], data: [1, 0, 1, 1, 1, 0], dtype: "bool", constant: true },
    ],
  },
  {
    name: "keys and values of earlier runs",
    opType: "Attention",
    opset: 23,
    inputs: [heads(2, 3, 4), heads(2, 3, 4), heads(2, 3, 4), undefined, heads(2, 2, 4), heads(2, 2, 4)],
    attributes: { is_causal: 1 },
    outputs: 3,
  },
  {
    name: "no padding",
    opType: "Attention",
    opset: 24,
    inputs: [
      [2, 2, 3, 4],
      [2, 2, 5, 4],
      [2, 2, 5, 4],
      undefined,
      undefined,
      undefined,
      { dims: [2], data: [3, 5], dtype: "int64" },
    ],
  },
  ...[23, 24].flatMap((opset) => [
    ...[0, 1, 2, 3].map((mode) => ({
      name: `softcap, mask, scores of mode ${mode}`,
      opType: "Attention",
      opset,
      inputs: [[2, 3, 8], [2, 5, 4], [2, 5, 4], [2, 1, 3, 5], undefined, undefined],
      attributes: {
        q_num_heads: 4,
        kv_num_heads: 2,
        softcap: float(1.5),
        qk_matmul_output_mode: mode,
        is_causal: 0,
      },
      outputs: 4,
    })),
  ]),
  ...[0, 1].flatMap((reverse) =>
    [0, 1].map((exclusive) => ({
      name: `reverse ${reverse}, exclusive ${exclusive}`,
      opType: "CumProd",
      opset: 26,
      inputs: [[2, 5], { dims: [], data: [1], dtype: "int64", constant: true } as const],
      attributes: { reverse, exclusive },
    })),
  ),
  { name: "from the start", opType: "TensorScatter", opset: 24, inputs: [heads(2, 5, 3), heads(2, 2, 3)] },
  {
    name: "from places",
    opType: "TensorScatter",
    opset: 24,
    inputs: [[2, 5, 3], [2, 2, 3], int64(1, 3)],
  },
  {
    name: "round the end",
    opType: "TensorScatter",
    opset: 24,
    inputs: [[2, 3, 4, 2], [2, 3, 3, 2], int64(3, 0)],
    attributes: { mode: "circular" },
  },
  { name: "halves", opType: "RotaryEmbedding", opset: 23, inputs: [heads(2, 3, 4), [1, 3, 2], [1, 3, 2]] },
  {
    name: "neighbors of the first features, by positions",
    opType: "RotaryEmbedding",
    opset: 23,
    inputs: [heads(2, 3, 6), [5, 2], [5, 2], { dims: [1, 3], data: [4, 0, 2], dtype: "int64", constant: true }],
    attributes: { interleaved: 1, rotary_embedding_dim: 4 },
  },
  {
    name: "heads side by side",
    opType: "RotaryEmbedding",
    opset: 23,
    inputs: [
      [2, 3, 8],
      [2, 3, 2],
      [2, 3, 2],
    ],
    attributes: { num_heads: 2 },
  },
];

describe("upgrades give the same outputs", () => {
  describe.each([...FORMS, ...STATIC_FORMS])("$opType ($opset), $name", (row) => {
    it("with known shapes", async () => {
      const { opsets } = await expectSameOutputs(row, (model) => toDialect(model, runtime));
      expect(opsets.get("")).toBe(21);
    });
    it.skipIf(STATIC_FORMS.includes(row))("with open shapes", async () => {
      await expectSameOutputs(row, (model) => toDialect(model, runtime), { openShapes: true });
    });
  });
});

// ONNX Runtime 1.30 does not run the shorter mask itself
it.each([
  ["bool", [1, 0, 1, 1, 1, 0], 0],
  ["float32", [0, -1, 0.5, 1, 0, -2], Number.NEGATIVE_INFINITY],
] as const)("Attention hides the keys that a mask of %s is too short for", async (dtype, mask, hidden) => {
  const signals = [0, 1, 2].map((i) => ({ name: `x${i}`, dims: i === 0 ? heads(2, 2, 3) : heads(2, 5, 3) }));
  const [first, second] = [mask.slice(0, 3), mask.slice(3)];
  const padded = [...first, hidden, hidden, ...second, hidden, hidden];
  const inputs = [
    ...signals.map((signal) => ({ ...signal, dtype: "float32" as const, data: [], constant: false })),
    { name: "x3", dtype, dims: [2, 3], data: mask, constant: true },
  ];
  const row: FormCase = {
    name: "padded mask",
    opType: "Attention",
    opset: 24,
    inputs: [...signals.map(({ dims }) => dims), { dims: [2, 5], data: padded, dtype, constant: true }],
  };
  await expectSameOutputs(row, () => toDialect(oneNodeModel("Attention", inputs, {}, 1, 24), runtime));
});

describe("upgrades refuse", () => {
  const x = { name: "x", dtype: "float32", dims: [2, 3], data: [], constant: false } as const;

  it.each([5, 29])("opset %i", async (opset) => {
    await expect(toDialect(oneNodeModel("Relu", [x], {}, 1, opset), runtime)).rejects.toThrow(
      `operator set ${opset}, but Limn reads 7 to 28; export it with opset_version=17`,
    );
  });

  it("operators that came after 21", () => {
    expect(() => upgradeOpset(oneNodeModel("BitCast", [x], {}, 1, 26))).toThrow(
      "subject (BitCast): reads the bits of numbers as another type, which has no gradient",
    );
  });

  it("normalization per pixel", () => {
    expect(() => upgradeOpset(oneNodeModel("BatchNormalization", [x, x, x, x, x], { spatial: 0 }, 1, 7))).toThrow(
      "spatial=0",
    );
  });

  it("the mask of opset 10", () => {
    expect(() => upgradeOpset(oneNodeModel("Dropout", [x], {}, 2, 10))).toThrow("mask");
  });

  it("running statistics of opset 9", () => {
    expect(() => upgradeOpset(oneNodeModel("BatchNormalization", [x, x, x, x, x], {}, 3, 9))).toThrow("training mode");
  });

  it("nearest Resize-10 in both directions", () => {
    const scales = { ...x, name: "scales", dims: [2], data: [2, 0.5], constant: true };
    expect(() => upgradeOpset(oneNodeModel("Resize", [x, scales], {}, 1, 10))).toThrow("enlarges one axis");
  });
});

it("keeps the names of nodes and outputs", async () => {
  const input = { name: "x", dtype: "float32", dims: [1, 2, 2], data: [], constant: false } as const;
  const { graph } = await toDialect(oneNodeModel("Softmax", [input], {}, 1, 11), runtime);
  expect(graph.nodes.map((node) => node.name)).toEqual(["subject/flatten", "subject/softmax", "subject"]);
  expect(graph.outputs.map((v) => v.name)).toEqual(["y0"]);
});
