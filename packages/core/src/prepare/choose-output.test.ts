import { describe, expect, it } from "vitest";
import { type AttributeInit, attributesFrom } from "../graph/attributes.js";
import type { Value } from "../graph/graph.js";
import { classifierOf, explainOnce, noise } from "../testing/explaining.js";
import { NetworkWriter } from "../testing/networks.js";

const SHAPE = [1, 3, 8, 8];
const image = noise(SHAPE);

function network(end: (net: NetworkWriter, logits: Value) => Value[]) {
  const net = new NetworkWriter("ranked", SHAPE);
  const x = net.relu("relu", net.conv("conv", net.image, [3, 4]));
  return net.bytes(...end(net, net.dense("fc", net.flatten("flatten", net.globalPool("pool", x)), [4, 5])));
}

const soft = (net: NetworkWriter, x: Value) => net.node("Softmax", "softmax", [x], { axis: 1 });

/** The largest k, and where they are. */
function top(net: NetworkWriter, x: Value, k: number, attributes: AttributeInit = {}): Value[] {
  const outputs = ["values", "indices"].map((name) => ({ name, dtype: undefined, shape: undefined }));
  const init = { name: "topk", opType: "TopK", domain: "", inputs: [x, net.ints("k", [k])] };
  const made = net.graph.append({ ...init, attributes: attributesFrom({ axis: 1, ...attributes }) }, outputs);
  return made.outputs.flatMap((v) => v ?? []);
}

describe("the scores that an output holds the largest of", () => {
  it.each<[string, string, (net: NetworkWriter, x: Value) => Value[]]>([
    ["values and indices of TopK", "softmax_out", (net, x) => top(net, soft(net, x), 3)],
    ["indices alone", "softmax_out", (net, x) => [top(net, soft(net, x), 3)[1] as Value]],
    [
      "values alone, in another layout",
      "softmax_out",
      (net, x) => [net.node("Squeeze", "s", [top(net, soft(net, x), 5)[0] as Value])],
    ],
    ["TopK of TopK", "softmax_out", (net, x) => top(net, soft(net, x), 4).slice(0, 1)],
    ["logits next to them, which come later", "softmax_out", (net, x) => [...top(net, soft(net, x), 3), x]],
    ["a softmax of the largest logits", "fc_out", (net, x) => [soft(net, top(net, x, 3)[0] as Value)]],
    ["the class alone", "softmax_out", (net, x) => [net.node("ArgMax", "class", [soft(net, x)], { axis: 1 })]],
    ["1 at the class", "fc_out", (net, x) => [net.node("Hardmax", "class", [x], { axis: 1 })]],
    [
      "the class and its probability",
      "softmax_out",
      (net, x) => {
        const p = soft(net, x);
        const label = net.node("ArgMax", "class", [p], { axis: 1, keepdims: 0 });
        return [label, net.node("ReduceMax", "score", [p, net.ints("axis", [1])], { keepdims: 1 })];
      },
    ],
  ])("are explained instead: %s", async (_, scores, end) => {
    const classifier = await classifierOf(network(end));
    expect([classifier.classes, classifier.found.output]).toEqual([5, scores]);
    expect(classifier.warnings.join()).toContain(`"${scores}"`);
    const requests = [{ method: "saliency" }];
    const [found] = await explainOnce(classifier, requests, image, [3]);
    const [plain] = await explainOnce(await classifierOf(network((net, x) => [soft(net, x)])), requests, image, [3]);
    expect(found?.probabilities).toEqual(plain?.probabilities);
    expect(found?.maps[0]?.values).toEqual(plain?.maps[0]?.values);
  });

  it("are explained where the output is named", async () => {
    const bytes = network((net, x) => [x, ...top(net, soft(net, x), 2)]);
    const { classes, warnings } = await classifierOf(bytes, { output: "values" });
    expect([classes, warnings]).toEqual([
      5,
      [
        '"values" holds only the largest scores, or which they are, by topk (TopK); explaining the scores that it chooses from, "softmax_out"',
      ],
    ]);
  });
});

describe("a ZipMap", () => {
  const zipped = (names: AttributeInit) =>
    classifierOf(
      network((net, x) => [net.node("ZipMap", "map", [soft(net, x)], names, "ai.onnx.ml")]),
      { names: () => 0 },
    );

  it.each<[string, AttributeInit, string[] | undefined]>([
    [
      "by strings",
      { classlabels_strings: { kind: "strings", value: ["ant", "bee", "cat", "dog", "elk"] } },
      ["ant", "bee", "cat", "dog", "elk"],
    ],
    ["by numbers", { classlabels_int64s: [3, 5, 7, 9, 11] }, ["3", "5", "7", "9", "11"]],
    ["not if it only counts them", { classlabels_int64s: [0, 1, 2, 3, 4] }, undefined],
  ])("names the classes %s, and is cut off", async (_, names, expected) => {
    const { classes, named, warnings } = await zipped(names);
    expect([classes, named?.names, warnings]).toEqual([5, expected, []]);
    if (expected) expect(named?.by).toBe("map (ai.onnx.ml.ZipMap)");
  });
});
