import { expect, it } from "vitest";
import type { CompositeInit } from "../composites/composite.js";
import { compositeOf } from "../composites/registry.js";
import type { Value } from "../graph/graph.js";
import { classifierOf } from "../testing/explaining.js";
import { NetworkWriter } from "../testing/networks.js";
import { planOf } from "./plan.js";
import { proportionsIn } from "./proportions.js";

type Middle = (net: NetworkWriter, z: Value) => Value;

/** What stands for the output z of a first convolution, by what comes between it and the dense layer at the end. */
async function standsFor(middle: Middle, composite: string | CompositeInit = "epsilon"): Promise<string | undefined> {
  const net = new NetworkWriter("positive", [1, 3, 4, 4]);
  const x = middle(net, net.conv("z", net.image, [3, 3]));
  const classifier = await classifierOf(net.bytes(net.dense("fc", net.flatten("flatten", x), [48, 5])));
  const z = classifier.model.graph.nodes.find(({ name }) => name === "z")?.output as Value;
  return proportionsIn(planOf(classifier, compositeOf(composite))).standIn(z)?.producer?.name;
}

const relu: Middle = (net, z) => net.relu("relu", z);
const then =
  (operator: string): Middle =>
  (net, z) =>
    net.node(operator, operator, [relu(net, z)]);

it.each<[string, Middle]>([
  ["a layer reads the ReLU", relu],
  ["a sum does, and a layer", (net, z) => net.conv("next", sum(net, relu(net, z), net.image), [3, 3])],
  ["a ReLU is routed there", (net, z) => net.node("Concat", "join", [relu(net, z)], { axis: 1 })],
  ["another activation that keeps 0 lies between", then("Tanh")],
])("the ReLU stands for its input where %s", async (_, middle) => {
  expect(await standsFor(middle)).toBe("relu");
});

it("the input itself stands there if the ReLU is bounded above", async () => {
  const bounded: Middle = (net, z) =>
    net.node("Clip", "relu6", [z, net.constant("low", [], [0]), net.constant("high", [], [6])]);
  expect(await standsFor(bounded)).toBe("z");
});

it.each<[string, Middle]>([
  ["no ReLU reads it", (_, z) => z],
  ["something else reads it too", (net, z) => sum(net, relu(net, z), z)],
  ["what is 0 behind the ReLU is something else further on", then("Sigmoid")],
])("nothing stands for z where %s", async (_, middle) => {
  expect(await standsFor(middle)).toBeUndefined();
});

it("nothing stands for z where a rule gives relevance to zeros", async () => {
  const flatBehind = { name: "own", entries: [{ rule: "flat", match: { kind: "dense" } }, { rule: "epsilon" }] };
  expect(await standsFor(relu, flatBehind as CompositeInit)).toBeUndefined();
});

it("nothing stands for z where the ReLU gives the logits, which have the seed's relevance", async () => {
  const net = new NetworkWriter("logits", [1, 3, 4, 4]);
  const z = net.dense("z", net.flatten("flatten", net.image), [48, 5]);
  const classifier = await classifierOf(net.bytes(net.relu("relu", z)));
  const dense = classifier.model.graph.nodes.find(({ name }) => name === "z")?.output as Value;
  expect(proportionsIn(planOf(classifier, compositeOf("epsilon"))).standIn(dense)).toBeUndefined();
});

const sum = (net: NetworkWriter, a: Value, b: Value): Value => net.node("Add", "sum", [a, b]);

it.each<[string, Middle, boolean]>([
  ["layers and sums read it", (net, z) => net.conv("next", sum(net, z, net.image), [3, 3]), true],
  ["an activation that keeps 0 does", (net, z) => net.node("Tanh", "tanh", [z]), true],
  ["one that does not keep 0 does", (net, z) => net.node("Sigmoid", "sigmoid", [z]), false],
])("relevance is in proportion to z or not where %s", async (_, middle, expected) => {
  const net = new NetworkWriter("proportional", [1, 3, 4, 4]);
  const x = middle(net, net.conv("z", net.image, [3, 3]));
  const classifier = await classifierOf(net.bytes(net.dense("fc", net.flatten("flatten", x), [48, 5])));
  const z = classifier.model.graph.nodes.find(({ name }) => name === "z")?.output as Value;
  const { isProportional } = proportionsIn(planOf(classifier, compositeOf("epsilon")));
  expect(isProportional(z)).toBe(expected);
  // the seed need not be
  expect(isProportional(classifier.logits)).toBe(false);
});
