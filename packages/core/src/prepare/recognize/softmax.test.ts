import { describe, expect, it } from "vitest";
import type { Value } from "../../graph/graph.js";
import type { NetworkWriter } from "../../testing/networks.js";
import { recognized } from "../../testing/recognized.js";

const SHAPE = [2, 3, 5];

const reduced = (net: NetworkWriter, opType: string, x: Value, axes: readonly number[]) =>
  net.node(opType, opType, [x, net.ints(`${opType}.axes`, axes)]);
const exp = (net: NetworkWriter, x: Value) => net.node("Exp", "exp", [x]);
const shifted = (net: NetworkWriter, x: Value) => net.node("Sub", "shifted", [x, reduced(net, "ReduceMax", x, [-1])]);
const share = (net: NetworkWriter, powers: Value, axes: readonly number[]) =>
  net.node("Div", "share", [powers, reduced(net, "ReduceSum", powers, axes)]);

describe("softmax becomes one node", () => {
  it.each<[string, (net: NetworkWriter, x: Value) => Value, number]>([
    ["of exp(x) / sum exp(x)", (net, x) => share(net, exp(net, x), [-1]), 2],
    ["of exp(x - max x) / sum exp(x - max x)", (net, x) => share(net, exp(net, shifted(net, x)), [-1]), 2],
    ["over another axis", (net, x) => share(net, exp(net, x), [1]), 1],
    [
      "of exp(x) (1 / sum exp(x))",
      (net, x) => {
        const powers = exp(net, x);
        const inverse = net.node("Reciprocal", "inverse", [reduced(net, "ReduceSum", powers, [-1])]);
        return net.node("Mul", "share", [powers, inverse]);
      },
      2,
    ],
    [
      "that the largest is taken from before",
      (net, x) => net.node("Softmax", "softmax", [shifted(net, x)], { axis: -1 }),
      2,
    ],
  ])("%s", async (_, part, axis) => {
    const { operators, model } = await recognized(SHAPE, part);
    expect(operators).toEqual(["Softmax"]);
    expect(model.graph.nodes[0]?.at.int("axis")).toSatisfy((found: number) => found === axis || found + 3 === axis);
  });
});

it.each<[string, (net: NetworkWriter, x: Value) => Value]>([
  ["two axes together", (net, x) => share(net, exp(net, x), [1, 2])],
  [
    "the sum of something else",
    (net, x) => net.node("Div", "share", [exp(net, x), reduced(net, "ReduceSum", exp(net, shifted(net, x)), [-1])]),
  ],
])("leaves %s alone", async (_, part) => {
  expect((await recognized(SHAPE, part)).operators).not.toContain("Softmax");
});
