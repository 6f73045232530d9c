import { describe, expect, it } from "vitest";
import { type LoadOptions, loadClassifier } from "../classifier.js";
import type { Value } from "../graph/graph.js";
import { NetworkWriter } from "../testing/networks.js";
import { runtime } from "../testing/runtime.js";
import { meaningOf } from "./meaning.js";

/** What the outputs of a network of some classes are taken to mean. */
async function meaning(
  classes: number,
  end: (net: NetworkWriter, x: Value, features: Value) => Value[],
  options: LoadOptions = {},
) {
  const net = new NetworkWriter("meaning", [1, 3, 16, 16]);
  const features = net.flatten(
    "flatten",
    net.globalPool("pool", net.relu("relu", net.conv("conv", net.image, [3, 6]))),
  );
  const bytes = net.bytes(...end(net, net.dense("fc", features, [6, classes]), features));
  const weights = { files: new Map([["net.onnx", bytes]]) };
  return meaningOf(await loadClassifier({ location: "net.onnx", bytes, weights }, runtime, options));
}

const asIs = (_: NetworkWriter, x: Value) => [x];

describe("meaningOf", () => {
  it("says that logits hold no probabilities, and what is assumed", async () => {
    expect(await meaning(5, asIs)).toEqual({
      output: "fc_out",
      chosenBecause: null,
      kind: "classes",
      classes: 5,
      scoreFunction: "softmax",
      startsAt: "fc_out",
      summary:
        '5 classes that exclude each other: "fc_out" holds logits, it does not end in probabilities, so a softmax is assumed; explanations start there',
    });
  });

  it("says that the classes of an image encoder are texts", async () => {
    const embeddings = [
      [1, 0, 2, 0, 1],
      [0, 1, 0, 2, 1],
    ];
    expect((await meaning(5, asIs, { classes: { embeddings } })).summary).toBe(
      '2 classes that exclude each other: "fc_out" holds embeddings of pictures, whose cosines with those of the texts are the logits; explanations start at these',
    );
  });

  it("names the logits of a distribution, by the operator at its end or by trial", async () => {
    const softmax = await meaning(5, (net, x) => [net.node("Softmax", "p", [x], { axis: 1 })]);
    expect(softmax.summary).toBe(
      '5 classes that exclude each other: "p_out" ends in a softmax; explanations start at the logits, "fc_out"',
    );
    const byHand = await meaning(5, (net, x) => {
      const e = net.node("Exp", "e", [x]);
      return [net.node("Div", "p", [e, net.node("ReduceL1", "sum", [e, net.ints("axes", [1])])])];
    });
    expect(byHand).toMatchObject({ kind: "classes", startsAt: "fc_out" });
    expect(byHand.summary).toContain('tried out, the last steps to "p_out" do what a softmax does');
  });

  it("calls nothing logits where none were found, under whatever name a copy goes", async () => {
    const averaged = await meaning(3, (net, x, features) => {
      const other = net.node("Softmax", "q", [net.dense("fc2", features, [6, 3])], { axis: 1 });
      const mean = net.node("Mean", "mean", [net.node("Softmax", "p", [x], { axis: 1 }), other]);
      return [net.node("Identity", "copy", [mean])];
    });
    expect(averaged.summary).toBe(
      '3 numbers, explained as they are: "copy_out" holds probabilities, and no logits were found that they are made of; explanations start there',
    );
  });

  it("tells one logit of two sides, independent labels and a value from each other", async () => {
    expect(await meaning(1, asIs, { names: 2 })).toMatchObject({ kind: "sides", classes: 2, scoreFunction: "sigmoid" });
    expect(await meaning(1, asIs, { names: 0 })).toMatchObject({
      kind: "value",
      summary: expect.stringContaining('"fc_out" has one value and no name'),
    });
    expect(await meaning(4, (net, x) => [net.node("Sigmoid", "p", [x])])).toMatchObject({ kind: "labels", classes: 4 });
    expect(await meaning(4, asIs, { scoreFunction: "sigmoid" })).toMatchObject({
      kind: "labels",
      summary: expect.stringContaining("as the options or its config.json say"),
    });
    expect(await meaning(4, asIs, { scoreFunction: "none" })).toMatchObject({
      kind: "as it is",
      scoreFunction: "none",
    });
  });

  it("says that a mean of probabilities has no logits", async () => {
    const mean = await meaning(4, (net, x, features) => {
      const p = net.node("Softmax", "p", [x], { axis: 1 });
      const q = net.node("Softmax", "q", [net.dense("fc2", features, [6, 4])], { axis: 1 });
      return [net.node("Mean", "mean", [p, q])];
    });
    expect(mean).toMatchObject({ kind: "as it is", startsAt: "mean_out" });
    expect(mean.summary).toContain("no logits were found");
  });

  it("says which of several outputs is explained, and why", async () => {
    const both = (net: NetworkWriter, x: Value, features: Value) => [
      features,
      net.node("Softmax", "p", [x], { axis: 1 }),
    ];
    expect(await meaning(5, both)).toMatchObject({ output: "p_out", chosenBecause: "gives probabilities" });
    expect(await meaning(5, both, { names: 5 })).toMatchObject({
      chosenBecause: "has as many values as there are labels and gives probabilities",
    });
    expect(await meaning(5, both, { output: "flatten_out" })).toMatchObject({
      output: "flatten_out",
      chosenBecause: null,
      classes: 6,
    });
    expect(await meaning(5, (_, x, features) => [features, x])).toMatchObject({
      output: "fc_out",
      chosenBecause: "is computed by a later layer",
    });
  });
});
