import { expect, it } from "vitest";
import { Graph, type Value } from "../graph/graph.js";
import type { Model } from "../graph/model.js";
import { numbersOf, tensor } from "../graph/tensor.js";
import { preferUnsigned } from "./prefer-unsigned.js";

/** x rounded to int8 and back; what moves the integers may stand between. */
function model(moved: boolean): Model {
  const graph = new Graph();
  const x = graph.addInput("x", "float32", [2, 3]);
  const [scale, zero] = [graph.constant("float32", [], [0.1]), graph.addInitializer("zero", tensor("int8", [], [-5]))];
  const node = (opType: string, inputs: Value[], dtype: "int8" | "float32") => {
    const output = { name: opType, dtype, shape: [2, 3] };
    return graph.append({ name: opType, opType, inputs, attributes: new Map() }, [output]).output;
  };
  const q = node("QuantizeLinear", [x, scale, zero], "int8");
  const read = moved ? node("Identity", [q], "int8") : q;
  graph.outputs.push(node("DequantizeLinear", [read, scale, zero], "float32"));
  return { graph, irVersion: 10, opsets: new Map([["", 21]]), producer: "", metadata: new Map() };
}

it("moves zero points of what is rounded and dequantized by 128", () => {
  const { graph } = preferUnsigned(model(false));
  expect(graph.nodes.map(({ opType, output }) => [opType, output.dtype])).toEqual([
    ["QuantizeLinear", "uint8"],
    ["DequantizeLinear", "float32"],
  ]);
  for (const { inputs } of graph.nodes) {
    const zero = inputs[2]?.initializer;
    expect([zero?.dtype, zero && numbersOf(zero)]).toEqual(["uint8", [123]]);
  }
});

it("leaves integers that something else reads", () => {
  const original = model(true);
  expect(preferUnsigned(original)).toBe(original);
});
