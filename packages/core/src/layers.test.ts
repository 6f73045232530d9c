import { describe, expect, it } from "vitest";
import type { Classifier } from "./classifier.js";
import { attributesFrom } from "./graph/attributes.js";
import type { Value } from "./graph/graph.js";
import { findLayer, layersOf } from "./layers.js";
import { classifierOf } from "./testing/explaining.js";
import {
  channelsLast,
  mobile,
  multiLabel,
  NetworkWriter,
  networks,
  residual,
  squeeze,
  vgg,
} from "./testing/networks.js";

const stagesOf = (classifier: Classifier) =>
  Object.fromEntries(layersOf(classifier).flatMap((l) => (l.stage ? [[l.stage, l.node]] : [])));

/** No convolution at all: patches by reshape. */
function patches(): Uint8Array {
  const net = new NetworkWriter("patches", [1, 1, 4, 4]);
  const tokens = net.node("Reshape", "patches", [net.image, net.ints("shape", [1, 4, 4])]);
  const mixed = net.node("MatMul", "embed", [tokens, net.weight("embed.weight", [4, 6], 4)]);
  return net.bytes(net.dense("fc", net.flatten("flatten", net.node("Tanh", "tanh", [mixed])), [24, 3]));
}

describe("layersOf", () => {
  it.each([
    [
      "residual",
      residual,
      { stem: "stem.relu", stage1: "layer1.relu2", stage2: "layer2.relu2", stage3: "layer3.relu2" },
    ],
    ["vgg", vgg, { stage1: "block1.2.relu", stage2: "block2.2.relu" }],
    ["mobile", mobile, { stage1: "pw1.clip", stage2: "pw2.clip" }],
    ["squeeze", squeeze, { stage1: "stem.relu", stage2: "classes.relu" }],
    ["multi-label", multiLabel, { stage1: "relu" }],
    ["channels last", channelsLast, { stage1: "relu" }],
    ["patches", patches, {}],
  ])("names the stages of %s", async (_, make, expected) => {
    expect(stagesOf(await classifierOf(make()))).toEqual(expected);
  });

  it("has no layer of its own for a copy, and one for what reads it", async () => {
    const net = new NetworkWriter("copied", [1, 3, 8, 8]);
    const kept = net.node("Dropout", "drop", [net.conv("conv", net.image, [3, 4])]);
    const rows = layersOf(
      await classifierOf(
        net.bytes(
          net.dense("fc", net.flatten("flatten", net.globalPool("pool", net.node("Atan", "atan", [kept]))), [4, 3]),
        ),
      ),
    );
    expect(rows.map(({ node }) => node)).toEqual(["conv", "atan"]);
  });

  it("lists every spatial activation with what the file calls it", async () => {
    const rows = layersOf(await classifierOf(squeeze())).map((l) => [l.node, l.tensor, l.operator, l.shape.join("x")]);
    expect(rows).toEqual([
      ["stem.conv", "stem.conv_out", "Conv", "1x8x16x16"],
      ["stem.relu", "stem.relu_out", "Relu", "1x8x16x16"],
      ["stem.pool", "stem.pool_out", "MaxPool", "1x8x8x8"],
      ["fire.squeeze", "fire.squeeze_out", "Conv", "1x4x8x8"],
      ["fire.squeeze.relu", "fire.squeeze.relu_out", "Relu", "1x4x8x8"],
      ["fire.expand1", "fire.expand1_out", "Conv", "1x8x8x8"],
      ["fire.expand1.relu", "fire.expand1.relu_out", "Relu", "1x8x8x8"],
      ["fire.expand3", "fire.expand3_out", "Conv", "1x8x8x8"],
      ["fire.expand3.relu", "fire.expand3.relu_out", "Relu", "1x8x8x8"],
      ["fire.concat", "fire.concat_out", "Concat", "1x16x8x8"],
      ["classes", "classes_out", "Conv", "1x5x8x8"],
      ["classes.relu", "classes.relu_out", "Relu", "1x5x8x8"],
    ]);
  });

  it.each(["Atan", "Sin"])("lists the activation %s", async (activation) => {
    const net = new NetworkWriter("activations", [1, 3, 8, 8]);
    const x = net.node(activation, "activation", [net.conv("conv", net.image, [3, 4])]);
    const classifier = await classifierOf(
      net.bytes(net.dense("fc", net.flatten("flatten", net.globalPool("pool", x)), [4, 3])),
    );
    expect(layersOf(classifier).map((l) => l.node)).toEqual(["conv", "activation"]);
    expect(stagesOf(classifier)).toEqual({ stage1: "activation" });
  });

  it("lists the pieces of a split, which are steps to the next layers", async () => {
    const net = new NetworkWriter("split", [1, 3, 8, 8]);
    const x = net.conv("conv", net.image, [3, 4]);
    const split = net.graph.append(
      { name: "split", opType: "Split", inputs: [x], attributes: attributesFrom({ axis: 1, num_outputs: 2 }) },
      ["left", "right"].map((name) => ({ name, dtype: undefined, shape: undefined })),
    );
    const [left, right] = split.outputs as [Value, Value];
    const joined = net.node("Add", "add", [left, net.relu("relu", right)]);
    const pooled = net.globalPool("pool", joined);
    const classifier = await classifierOf(net.bytes(net.dense("fc", net.flatten("flatten", pooled), [2, 3])));
    expect(layersOf(classifier).map((l) => l.tensor)).toEqual(["conv_out", "left", "right", "relu_out", "add_out"]);
    expect(stagesOf(classifier)).toEqual({ stage1: "add" });
  });

  it.each(Object.entries(networks))("measures depth from 0 to 1 in %s", async (_, make) => {
    const layers = layersOf(await classifierOf(make()));
    const depths = layers.filter((l) => l.stage).map((l) => l.depth);
    expect(depths).toEqual([...depths].sort((a, b) => a - b));
    for (const { depth } of layers) expect(depth > 0 && depth <= 1).toBe(true);
  });

  it("counts the weighted layers of the longest way", async () => {
    const layers = layersOf(await classifierOf(residual()));
    const at = (node: string) => layers.find((l) => l.node === node)?.depth;
    // stem, two per block, the dense layer
    expect(at("stem.relu")).toBeCloseTo(1 / 8);
    expect(at("layer2.shortcut")).toBeCloseTo(4 / 8);
    expect(at("layer2.add")).toBeCloseTo(5 / 8);
    expect(at("layer3.relu2")).toBeCloseTo(7 / 8);
  });

  it("lists no activation of a branch that the scores do not need", async () => {
    const net = new NetworkWriter("side", [1, 3, 8, 8]);
    const x = net.conv("conv", net.image, [3, 4]);
    net.relu("aside", x);
    const classifier = await classifierOf(
      net.bytes(net.dense("fc", net.flatten("flatten", net.globalPool("pool", x)), [4, 3])),
    );
    expect(layersOf(classifier).map((l) => l.node)).toEqual(["conv"]);
  });
});

describe("findLayer", () => {
  it.each([
    ["last", "layer3.relu2"],
    ["stage2", "layer2.relu2"],
    ["stem", "stem.relu"],
    ["layer1.add", "layer1.add"],
    ["layer1.add_out", "layer1.add"],
    ["0", "stem.conv"],
    ["-1", "layer3.relu2"],
    ["-2", "layer3.add"],
  ])("reads %s", async (choice, node) => {
    expect(findLayer(await classifierOf(residual()), choice).node).toBe(node);
  });

  it.each([
    ["stage9", 'there is no layer "stage9"; did you mean "stage1" or "stage2" or "stage3"? `limn layers` lists all'],
    ["layer2.rleu2", /^there is no layer "layer2.rleu2"; did you mean "layer2.relu2"/],
    ["99", "there is no layer 99; the model has 20: choose 0 to 19, or -1 to -20"],
    ["-21", "there is no layer -21; the model has 20: choose 0 to 19, or -1 to -20"],
    ["quite another thing", /^there is no layer "quite another thing"; /],
    ["fc", 'layer "fc": its shape is [1, 5], so it is not a spatial activation; choose one that `limn layers` lists'],
    ["input", /^layer "input": its shape is \[1, 3, 32, 32\], so it is not a spatial activation/],
    ["", /^there is no layer ""; `limn layers` lists all/],
  ])("refuses %s", async (choice, message) => {
    const classifier = await classifierOf(residual());
    expect(() => findLayer(classifier, choice)).toThrow(expect.objectContaining({ code: "bad-option" }));
    expect(() => findLayer(classifier, choice)).toThrow(message);
  });

  it("knows a folded batch normalization by its own name, and says what became of the convolution's", async () => {
    const classifier = await classifierOf(mobile());
    expect(findLayer(classifier, "pw1.bn").value).toBe(findLayer(classifier, "pw1.bn_out").value);
    expect(findLayer(classifier, "pw1.conv").value).toBe(findLayer(classifier, "pw1.bn").value);
    expect(() => findLayer(classifier, "pw1.conv_out")).toThrow(
      'layer "pw1.conv_out": its batch normalization is folded into it; use "pw1.bn_out"',
    );
  });

  it.each(["softmax", "softmax_out"])("says that %s was dropped", async (choice) => {
    const classifier = await classifierOf(mobile());
    expect(() => findLayer(classifier, choice)).toThrow(
      `layer "${choice}": explanations start at the logits before it`,
    );
  });

  it("takes numbers that are no index for names", async () => {
    const net = new NetworkWriter("numbers", [1, 3, 8, 8]);
    const x = net.relu("192", net.conv("191", net.image, [3, 4]));
    const model = net.bytes(net.dense("fc", net.flatten("flatten", net.globalPool("pool", x)), [4, 3]));
    expect(findLayer(await classifierOf(model), "192").operator).toBe("Relu");
  });

  it("says what to use where there is no layer", async () => {
    const classifier = await classifierOf(patches());
    expect(() => findLayer(classifier, "last")).toThrow(
      /^the model has no activation with spatial extent: .* 4 tokens of 6 numbers, .*; use a method that needs no layer, such as saliency$/,
    );
    const dense = new NetworkWriter("dense", [1, 3, 8, 8]);
    const plain = await classifierOf(dense.bytes(dense.dense("fc", dense.flatten("flatten", dense.image), [192, 3])));
    expect(() => findLayer(plain, "last")).toThrow(
      "the model has no activation with spatial extent; use a method that needs no layer, such as saliency",
    );
  });
});
