import { describe, expect, it } from "vitest";
import { gradientFrom } from "../backward.js";
import { scalar } from "../graph/math.js";
import { toDialect } from "../prepare/prepare.js";
import { checkOperator, type OperatorCase, RARE } from "../testing/check-operator.js";
import { oneNodeModel } from "../testing/one-node.js";
import { runtime } from "../testing/runtime.js";

/** Positions within and beyond the picture, away from those where the pixels that are read change. */
const grid = {
  dims: [1, 2, 4, 2],
  data: [-0.83, -0.61, 0.27, 0.09, -0.13, 0.71, 0.93, -0.37, 1.13, 0.21, -1.21, 0.43, 0.17, -1.43, 2.31, 1.57],
};

checkOperator(
  "GridSample",
  ["linear", "nearest"].flatMap((mode) =>
    ["zeros", "border", "reflection"].flatMap((padding_mode) =>
      [0, 1].map(
        (align_corners): OperatorCase => ({
          name: `${mode}, ${padding_mode}, align_corners ${align_corners}`,
          inputs: [[1, 2, 4, 5], grid],
          attributes: { mode, padding_mode, align_corners },
        }),
      ),
    ),
  ),
  { withoutGolden: RARE },
);

describe("GridSample", () => {
  it("has no gradient in mode cubic", async () => {
    const input = (name: string, dims: number[]) =>
      ({ name, dtype: "float32", dims, data: [], constant: false }) as const;
    const inputs = [input("x", [1, 2, 4, 5]), input("grid", [1, 2, 4, 2])];
    const { graph } = await toDialect(oneNodeModel("GridSample", inputs, { mode: "cubic" }, 1, 20), runtime);
    const [x, y] = [graph.inputs[0], graph.outputs[0]];
    if (!x || !y) throw new Error("the model has an input and an output");
    const seed = graph.emit("Expand", [scalar(1, y), graph.ints(y.dims)]);
    expect(() => gradientFrom(y, seed).at(x)).toThrow(
      "subject (GridSample): no gradient for mode cubic; choose a layer",
    );
  });
});
