import { describe, expect, it } from "vitest";
import type { Value } from "../../graph/graph.js";
import type { NetworkWriter } from "../../testing/networks.js";
import { recognized } from "../../testing/recognized.js";

const SHAPE = [2, 3, 5];

interface Spelling {
  /** Of the deviation's inverse. Default: a quotient. */
  readonly inverse?: "Reciprocal" | "Pow";
  readonly square?: "Pow" | "Mul";
  readonly axes?: readonly number[];
  /** Whether x - mean x is written once for the quotient and once for the variance. */
  readonly twice?: boolean;
  readonly scale?: boolean;
  readonly bias?: boolean;
}

function normalized(net: NetworkWriter, x: Value, spelling: Spelling = {}): Value {
  const { inverse, square = "Pow", axes = [-1], twice = false, scale = true, bias = true } = spelling;
  const number = (name: string, value: number) => net.constant(name, [], [value]);
  const mean = (name: string, v: Value) => net.node("ReduceMean", name, [v, net.ints(`${name}.axes`, axes)]);
  const c = net.node("Sub", "c", [x, mean("m", x)]);
  const again = twice ? net.node("Sub", "again", [x, mean("m2", x)]) : c;
  const squared =
    square === "Pow" ? net.node("Pow", "sq", [again, number("two", 2)]) : net.node("Mul", "sq", [again, again]);
  const variance = net.node("Add", "stable", [mean("v", squared), number("eps", 1e-4)]);
  const deviation = () => net.node("Sqrt", "sd", [variance]);
  let y =
    inverse === "Pow"
      ? net.node("Mul", "n", [c, net.node("Pow", "r", [variance, number("half", -0.5)])])
      : inverse === "Reciprocal"
        ? net.node("Mul", "n", [c, net.node("Reciprocal", "r", [deviation()])])
        : net.node("Div", "n", [c, deviation()]);
  if (scale) y = net.node("Mul", "scaled", [y, net.random("scale", [5], 0.5, 1.5)]);
  return bias ? net.node("Add", "shifted", [net.random("bias", [1, 1, 5], -1, 1), y]) : y;
}

describe("layer normalization becomes one node", () => {
  it.each<[string, Spelling]>([
    ["with a quotient", {}],
    ["with Mul for the square", { square: "Mul" }],
    ["with Reciprocal", { inverse: "Reciprocal" }],
    ["with a power of -1/2", { inverse: "Pow" }],
    ["whose difference is written twice", { twice: true }],
    ["without a bias", { bias: false }],
    ["without a scale", { scale: false }],
    ["without either", { scale: false, bias: false }],
  ])("%s", async (_, spelling) => {
    const { operators, model } = await recognized(SHAPE, (net, x) => normalized(net, x, spelling));
    // a bias of more axes than the scale is reshaped
    expect(operators.filter((operator) => operator !== "Reshape")).toEqual(["LayerNormalization"]);
    expect(model.graph.nodes.at(-1)?.at.float("epsilon")).toBeCloseTo(1e-4);
  });

  it("over several last axes", async () => {
    const { operators } = await recognized(SHAPE, (net, x) =>
      normalized(net, x, { axes: [1, 2], scale: false, bias: false }),
    );
    expect(operators).toEqual(["LayerNormalization"]);
  });

  it("over the channels of pictures, which become the last axis", async () => {
    const { operators } = await recognized([2, 5, 3, 4], (net, x) =>
      normalized(net, x, { axes: [1], scale: false, bias: false }),
    );
    expect(operators).toEqual(["Transpose", "LayerNormalization", "Transpose"]);
  });
});

it("writes root mean square normalization with a quotient", async () => {
  const { operators } = await recognized(SHAPE, (net, x) => {
    const squared = net.node("Mul", "sq", [x, x]);
    const variance = net.node("Add", "stable", [
      net.node("ReduceMean", "v", [squared, net.ints("axes", [-1])]),
      net.constant("eps", [], [1e-5]),
    ]);
    const inverse = net.node("Reciprocal", "r", [net.node("Sqrt", "sd", [variance])]);
    return net.node("Mul", "scaled", [net.node("Mul", "n", [x, inverse]), net.random("scale", [5], 0.5, 1.5)]);
  });
  expect(operators).toEqual(["Mul", "ReduceMean", "Add", "Sqrt", "Div", "Mul"]);
});
