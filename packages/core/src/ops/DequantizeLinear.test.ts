import { describe, expect, it } from "vitest";
import { Graph } from "../graph/graph.js";
import { tensor } from "../graph/tensor.js";
import { nonNegativity } from "../non-negative.js";
import { checkStraightThrough } from "../testing/check-straight-through.js";

checkStraightThrough("DequantizeLinear", [
  { name: "one scale", x: [2, 9], scale: [0.01], zero: [100] },
  {
    name: "a scale for each place of the last axis",
    x: [4, 3],
    scale: [0.01, 0.02, 0.03],
    zero: [100, 110, 120],
    axis: -1,
  },
  { name: "16 bits", x: [2, 9], scale: [0.0001], zero: [32768], dtype: "uint16" },
]);

describe("DequantizeLinear's sign", () => {
  it.each([
    [0, true],
    [1, false],
    [undefined, true],
  ])("with zero point %s", (zero, expected) => {
    const graph = new Graph();
    const x = graph.addInput("x", "uint8", [3]);
    const scale = graph.constant("float32", [], [0.1]);
    const z = zero === undefined ? undefined : graph.addInitializer("z", tensor("uint8", [], [zero]));
    const init = { name: "y", opType: "DequantizeLinear", inputs: [x, scale, z], attributes: new Map() };
    const y = graph.append(init, [{ name: "y", dtype: "float32", shape: [3] }]).output;
    expect(nonNegativity()(y)).toBe(expected);
  });
});
