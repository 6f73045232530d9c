import { expect, it } from "vitest";
import { runtime } from "../testing/runtime.js";
import { expectSameOutputs, type FormCase } from "../testing/same-outputs.js";
import { toDialect } from "./prepare.js";

const pooling = (input: number[], size: number[], attributes: FormCase["attributes"]) =>
  ["MaxPool", "AveragePool"].map((opType) => ({
    row: { name: "ceil_mode", opType, opset: 21, inputs: [input], attributes: { ...attributes, ceil_mode: 1 } },
    size,
  }));

it.each([
  ...pooling([1, 1, 5, 5], [1, 1, 2, 2], { kernel_shape: [2, 2], strides: [3, 3], pads: [1, 1, 1, 1] }),
  // only one axis leaves a window out
  ...pooling([1, 1, 5, 7], [1, 1, 2, 4], { kernel_shape: [2, 2], strides: [3, 2], pads: [1, 0, 1, 0] }),
  ...pooling([1, 1, 6], [1, 1, 3], { kernel_shape: [3], strides: [2] }),
])("$row.opType of $row.inputs.0 gives $size", async ({ row, size }) => {
  const { graph } = await expectSameOutputs(row, (model) => toDialect(model, runtime));
  expect(graph.outputs[0]?.shape).toEqual(size);
});
