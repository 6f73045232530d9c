import { describe, expect, it } from "vitest";
import { oneNodeModel } from "../testing/one-node.js";
import { runtime } from "../testing/runtime.js";
import { expectSameOutputs, type FormCase } from "../testing/same-outputs.js";
import { toDialect } from "./prepare.js";
import { resolveAutoPad } from "./resolve-auto-pad.js";

const odd = [1, 2, 7, 6];
const kernel = (...dims: number[]) => ({ dims, constant: true });

const MODES = ["SAME_UPPER", "SAME_LOWER", "VALID", "NOTSET"];

const FORMS: readonly FormCase[] = MODES.flatMap((auto_pad): FormCase[] => [
  { name: "stride 1", opType: "Conv", opset: 21, inputs: [odd, kernel(3, 2, 3, 2)], attributes: { auto_pad } },
  {
    name: "strides",
    opType: "Conv",
    opset: 11,
    inputs: [odd, kernel(3, 2, 2, 3)],
    attributes: { auto_pad, strides: [2, 3] },
  },
  { name: "one axis", opType: "Conv", opset: 21, inputs: [[2, 2, 6], kernel(3, 2, 4)], attributes: { auto_pad } },
  {
    name: "strides beyond the kernel",
    opType: "Conv",
    opset: 21,
    inputs: [odd, kernel(3, 2, 1, 1)],
    attributes: { auto_pad, strides: [3, 2] },
  },
  ...["MaxPool", "AveragePool", "LpPool"].map((opType) => ({
    name: "strides",
    opType,
    opset: 11,
    inputs: [odd],
    attributes: { auto_pad, kernel_shape: [3, 2], strides: [2, 2] },
  })),
  {
    name: "count_include_pad",
    opType: "AveragePool",
    opset: 19,
    inputs: [odd],
    attributes: { auto_pad, kernel_shape: [3, 3], strides: [2, 2], count_include_pad: 1 },
  },
  {
    name: "strides",
    opType: "ConvTranspose",
    opset: 11,
    inputs: [odd, kernel(2, 3, 3, 4)],
    attributes: { auto_pad, strides: [2, 3] },
  },
  {
    name: "strides beyond the kernel",
    opType: "ConvTranspose",
    opset: 11,
    inputs: [odd, kernel(2, 3, 1, 2)],
    attributes: { auto_pad, strides: [2, 3] },
  },
]);

// with SAME, ONNX Runtime itself refuses dilations and ceil_mode
const NOT_SAME: readonly FormCase[] = ["VALID", "NOTSET"].flatMap((auto_pad): FormCase[] => [
  {
    name: "dilations",
    opType: "Conv",
    opset: 7,
    inputs: [odd, kernel(3, 2, 3, 2)],
    attributes: { auto_pad, dilations: [2, 3] },
  },
  {
    name: "ceil_mode",
    opType: "MaxPool",
    opset: 12,
    inputs: [odd],
    attributes: { auto_pad, kernel_shape: [3, 2], strides: [2, 3], ceil_mode: 1 },
  },
]);

const TRANSPOSED: readonly FormCase[] = ["SAME_UPPER", "SAME_LOWER", "NOTSET"].flatMap((auto_pad) =>
  [
    [13, 16],
    [14, 17],
    [15, 18],
    [16, 16],
  ].map((output_shape) => ({
    name: `output_shape ${output_shape}`,
    opType: "ConvTranspose",
    opset: 11,
    inputs: [odd, kernel(2, 3, 3, 3)],
    attributes: { auto_pad, strides: [2, 3], output_shape },
  })),
);

describe.each([...FORMS, ...NOT_SAME, ...TRANSPOSED])("$opType, $attributes.auto_pad, $name", (row) => {
  it("has the same outputs with explicit pads", async () => {
    const { graph } = await expectSameOutputs(row, (model) => toDialect(model, runtime));
    for (const { at } of graph.nodes) expect(at.has("auto_pad") || at.has("output_shape")).toBe(false);
  });
});

it.each([
  // span 3 * (4 - 1) + 1 = 10 along the last axis: 9 elements of border keep the size
  ["SAME_UPPER", [0, 4, 0, 5]],
  ["SAME_LOWER", [0, 5, 0, 4]],
])("counts the gaps of a dilated window for %s", (auto_pad, pads) => {
  const inputs = [
    { name: "x", dtype: "float32", dims: [1, 1, 8, 8], data: [], constant: false },
    { name: "W", dtype: "float32", dims: [1, 1, 1, 4], data: [1, 1, 1, 1], constant: true },
  ] as const;
  const model = oneNodeModel("Conv", inputs, { auto_pad, dilations: [1, 3] }, 1, 21);
  expect(resolveAutoPad(model).graph.nodes[0]?.at.ints("pads")).toEqual(pads);
});

it("leaves auto_pad where the input's size is open", async () => {
  const row = { name: "", opType: "Conv", opset: 21, inputs: [odd, kernel(3, 2, 3, 3)] };
  await expectSameOutputs({ ...row, attributes: { auto_pad: "SAME_UPPER" } }, (model) => toDialect(model, runtime), {
    openShapes: true,
  });
});
