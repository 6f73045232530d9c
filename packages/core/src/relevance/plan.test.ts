import { describe, expect, it } from "vitest";
import type { Classifier } from "../classifier.js";
import type { CompositeInit } from "../composites/composite.js";
import { compositeOf } from "../composites/registry.js";
import type { Value } from "../graph/graph.js";
import { classifierOf, mapsOf, noise } from "../testing/explaining.js";
import { NetworkWriter, residual, squeeze } from "../testing/networks.js";
import { planOf, planRows } from "./plan.js";

const rowsOf = (classifier: Classifier, composite: string | CompositeInit) =>
  planRows(planOf(classifier, compositeOf(composite)));

/** Two tokens' attention: softmax(q k^T) v, with or without the softmax. */
function attention({ softmax = true } = {}): Uint8Array {
  const net = new NetworkWriter("attention", [1, 3, 4, 4]);
  const tokens = net.node("Reshape", "tokens", [net.image, net.ints("shape", [1, 6, 8])]);
  const project = (name: string) => net.node("MatMul", name, [tokens, net.random(`${name}.W`, [8, 8], -1, 1)]);
  const [q, k, v] = ["q", "k", "v"].map(project) as [Value, Value, Value];
  const scores = net.node("MatMul", "scores", [q, net.node("Transpose", "turned", [k], { perm: [0, 2, 1] })]);
  const weights = softmax ? net.node("Softmax", "softmax", [scores], { axis: -1 }) : scores;
  const mixed = net.node("MatMul", "mix", [weights, v]);
  return net.bytes(net.dense("fc", net.flatten("flatten", mixed), [48, 5]));
}

describe("a plan", () => {
  it("gives every node a rule or its operator's behavior, and says why", async () => {
    const rows = rowsOf(await classifierOf(residual()), "epsilon-plus-flat");
    const rules = new Map(rows.map(({ node, rule }) => [node, rule]));
    expect(rules.get("stem.conv")).toBe("flat");
    expect(rules.get("layer1.conv1")).toBe("z-plus");
    expect(rules.get("layer1.add")).toBe("share");
    expect(rules.get("layer1.relu1")).toBe("pass");
    expect(rules.get("stem.pool")).toBe("route");
    expect(rules.get("fc")).toBe("epsilon");
    expect(rows.find(({ node }) => node === "layer1.add")?.reason).toMatch(/of the sum's sign/);
    for (const { reason } of rows) expect(reason).not.toBe("");
    expect(rows.find(({ node }) => node === "stem.conv")?.reason).toMatch(/entry 1 of epsilon-plus-flat: first layer/);
  });

  it("says of a sum how its relevance is shared: with a constant, or a summand that counts at many places, by contribution", async () => {
    const net = new NetworkWriter("sums", [1, 3, 4, 4]);
    const [a, b] = [net.conv("a", net.image, [3, 4]), net.conv("b", net.image, [3, 4])];
    const alike = net.node("Add", "alike", [a, b]);
    const withConstant = net.node("Sum", "with-constant", [alike, a, net.random("c", [1, 4, 4, 4], -1, 1)]);
    const mean = net.globalPool("mean", b);
    const broadcast = net.node("Add", "broadcast", [withConstant, mean]);
    const logits = net.dense("fc", net.flatten("flatten", net.globalPool("pool", broadcast)), [4, 5]);
    const rows = rowsOf(await classifierOf(net.bytes(logits)), "epsilon-plus");
    const reasonOf = (name: string) => rows.find(({ node }) => node === name)?.reason;
    expect(reasonOf("alike")).toMatch(/of the sum's sign/);
    expect(reasonOf("with-constant")).toMatch(/its share of the sum/);
    expect(reasonOf("broadcast")).toMatch(/its share of the sum/);
  });

  it("lets the first matching entry decide", async () => {
    const entries = [
      { match: { name: "fire.*1" }, rule: "flat" },
      { rule: "gamma", options: { gamma: 0.5 } },
    ];
    const rows = rowsOf(await classifierOf(squeeze()), { name: "mine", entries });
    const rules = rows.flatMap(({ operator, node, rule }) => (operator === "Conv" ? [[node, rule]] : []));
    expect(Object.fromEntries(rules)).toMatchObject({
      "fire.expand1": "flat",
      "fire.expand3": expect.stringMatching(/^gamma/),
    });
  });

  it("sees the image through normalization that folds into nothing", async () => {
    const net = new NetworkWriter("normalized input", [1, 3, 8, 8]);
    const first = net.conv("conv1", net.batchNorm("norm", net.image, 3), [3, 4]);
    const second = net.conv("conv2", net.relu("relu", first), [4, 5]);
    const classifier = await classifierOf(net.bytes(net.flatten("flatten", net.globalPool("pool", second))));
    const rules = new Map(rowsOf(classifier, "epsilon-plus-flat").map(({ node, rule }) => [node, rule]));
    expect(["norm", "conv1", "conv2"].map((node) => rules.get(node))).toEqual(["flat", "flat", "z-plus"]);
  });

  it("takes attention for a linear layer of its values", async () => {
    const classifier = await classifierOf(attention());
    const products = rowsOf(classifier, "epsilon").filter(({ operator }) => operator === "MatMul");
    expect(products.slice(-2).map(({ rule }) => rule)).toEqual(["halve", "epsilon"]);
    const options = { composite: "epsilon", reduce: "none" };
    const [map] = await mapsOf(classifier, [{ method: "lrp", options }], noise(classifier.image.dims), 1);
    // every token is read by every other
    expect(map?.values.every((R) => R !== 0)).toBe(true);
  });

  it("halves the relevance of a product of signals without a gate", async () => {
    const classifier = await classifierOf(attention({ softmax: false }));
    const products = rowsOf(classifier, "epsilon").filter(({ operator }) => operator === "MatMul");
    expect(products.slice(-2).map(({ rule }) => rule)).toEqual(["halve", "halve"]);
    const options = { composite: "epsilon", reduce: "none" };
    const [map] = await mapsOf(classifier, [{ method: "lrp", options }], noise(classifier.image.dims), 1);
    expect(map?.values.every((R) => R !== 0)).toBe(true);
  });
});
