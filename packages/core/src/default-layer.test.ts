import { describe, expect, it } from "vitest";
import type { Value } from "./graph/graph.js";
import { cautionOf, findLayer, layersOf } from "./layers.js";
import { classifierOf } from "./testing/explaining.js";
import { NetworkWriter, networks } from "./testing/networks.js";

type Part = (net: NetworkWriter, x: Value) => Value;

/** A convolution with a ReLU to [1, 8, 8, 8], then a part of a network, which gives [1, channels, ...], a pool and the classes. */
async function network(part: Part, channels = 8) {
  const net = new NetworkWriter("default layer", [1, 3, 16, 16]);
  const stem = net.relu("stem.relu", net.conv("stem", net.image, [3, 8], { stride: 2 }));
  const pooled = net.globalPool("pool", part(net, stem));
  return classifierOf(net.bytes(net.dense("fc", net.flatten("flatten", pooled), [channels, 4])));
}

const reshaped = (net: NetworkWriter, name: string, x: Value, shape: readonly number[]) =>
  net.node("Reshape", name, [x, net.ints(`${name}.shape`, shape)]);
const turned = (net: NetworkWriter, name: string, x: Value, perm: readonly number[]) =>
  net.node("Transpose", name, [x], { perm: [...perm] });

/** [1, 8, 8, 8] to [1, 64, 8] and back. */
const tokensOf = (net: NetworkWriter, x: Value) =>
  turned(net, "tokens", reshaped(net, "rows", x, [1, 8, 64]), [0, 2, 1]);
const gridOf = (net: NetworkWriter, x: Value) =>
  reshaped(net, "grid", turned(net, "columns", x, [0, 2, 1]), [1, 8, 8, 8]);

/** Two layers with weights on every token. */
function mlp(net: NetworkWriter, x: Value): Value {
  const layer = (name: string, from: number, to: number, read: Value) =>
    net.node("MatMul", name, [read, net.weight(`${name}.weight`, [from, to], from)]);
  return layer("out", 16, 8, net.node("Gelu", "gelu", [layer("in", 8, 16, x)]));
}

/** softmax(q k^T) v of one head, [1, 64, 8], with a part between product and softmax. */
function attention(net: NetworkWriter, x: Value, between: Part = (_, scores) => scores): Value {
  const [q, k, v] = ["q", "k", "v"].map((name) => net.node("MatMul", name, [x, net.weight(name, [8, 8], 8)]));
  const transposed = turned(net, "kt", k as Value, [0, 2, 1]);
  const scores = reshaped(net, "heads", net.node("MatMul", "qk", [q as Value, transposed]), [1, 1, 64, 64]);
  const shares = net.node("Softmax", "shares", [between(net, scores)], { axis: -1 });
  const value = reshaped(net, "values", v as Value, [1, 1, 64, 8]);
  return reshaped(net, "mixed", net.node("MatMul", "attend", [shares, value]), [1, 64, 8]);
}

/** What is pooled goes through a sequence of channels before it gates. */
const channelGate: Part = (net, x) => {
  const sequence = reshaped(net, "sequence", net.globalPool("squeeze", x), [1, 1, 8]);
  const mixed = net.node("Conv", "mix", [sequence, net.weight("mix.weight", [1, 1, 3], 3)], { pads: [1, 1] });
  const gate = reshaped(net, "gate", net.node("Sigmoid", "sigmoid", [mixed]), [1, 8, 1, 1]);
  return net.node("Mul", "excite", [x, gate]);
};

/** Rows and columns are pooled, joined, convolved and used as gates. */
const coordinateGate: Part = (net, x) => {
  const rows = net.node("ReduceMean", "rows", [x, net.ints("w", [3])], { keepdims: 1 });
  const columns = net.node("ReduceMean", "columns", [x, net.ints("h", [2])], { keepdims: 1 });
  const strip = net.node("Concat", "strip", [rows, turned(net, "turn", columns, [0, 1, 3, 2])], { axis: 2 });
  const gates = net.node("Sigmoid", "gates", [net.conv("strip.conv", strip, [8, 8], { kernel: 1 })]);
  const cut = (name: string, from: number, to: number) =>
    net.node("Slice", name, [
      gates,
      net.ints(`${name}.from`, [from]),
      net.ints(`${name}.to`, [to]),
      net.ints(`${name}.axes`, [2]),
    ]);
  const byRow = net.node("Mul", "by row", [x, cut("top", 0, 8)]);
  return net.node("Mul", "by column", [byRow, turned(net, "back", cut("bottom", 8, 16), [0, 1, 3, 2])]);
};

const bottleneck =
  (skips: boolean): Part =>
  (net, x) => {
    const wide = net.relu("widen.relu", net.conv("widen", x, [8, 24], { kernel: 1 }));
    const deep = net.relu("depthwise.relu", net.conv("depthwise", wide, [24, 24], { group: 24 }));
    const narrow = net.conv("project", deep, [24, 8], { kernel: 1 });
    return skips ? net.node("Add", "skip", [x, narrow]) : narrow;
  };

describe("the default layer", () => {
  it.each<[string, string, Part]>([
    ["is no sequence of channels", "excite", channelGate],
    ["is no strip of pooled rows and columns", "by column", coordinateGate],
    [
      "has more than one position",
      "stem.relu",
      (net, x) => net.relu("one", net.node("Conv", "whole", [x, net.weight("whole.weight", [8, 8, 8, 8], 512)])),
    ],
    [
      "has more than one row",
      "stem.relu",
      (net, x) => net.relu("row", net.node("Conv", "high", [x, net.weight("high.weight", [8, 8, 8, 1], 64)])),
    ],
    [
      "is of images, not of heads in their place",
      "after.relu",
      (net, x) => {
        const heads = net.relu("head.relu", net.conv("head.conv", reshaped(net, "fold", x, [2, 4, 8, 8]), [4, 4]));
        return net.relu("after.relu", net.conv("after", reshaped(net, "unfold", heads, [1, 8, 8, 8]), [8, 8]));
      },
    ],
    [
      "is no grid of keys by queries",
      "grid",
      (net, x) =>
        gridOf(
          net,
          attention(net, tokensOf(net, x), (_, scores) => net.conv("talk", scores, [1, 1], { kernel: 1 })),
        ),
    ],
    [
      "is what is pooled, where tokens become a grid again",
      "grid",
      (net, x) => gridOf(net, mlp(net, tokensOf(net, x))),
    ],
    ["is the activation that a linear bottleneck projects", "depthwise.relu", bottleneck(false)],
    ["is the sum, where a linear bottleneck is added", "skip", bottleneck(true)],
    [
      "is the activation downstream of a linear bottleneck, if there is one",
      "head.relu",
      (net, x) => net.relu("head.relu", net.conv("head", bottleneck(true)(net, x), [8, 8], { kernel: 1 })),
    ],
  ])("%s", async (_, node, part) => {
    const classifier = await network(part);
    const layers = layersOf(classifier);
    expect(findLayer(classifier, "last", layers).node).toBe(node);
    expect(layers.filter((layer) => layer.isDefault).map((layer) => layer.node)).toEqual([node]);
    for (const { shape } of layers) expect([shape.length, shape[0]]).toEqual([4, 1]);
  });

  it("is that of the class scores, where the logits are their means", async () => {
    const net = new NetworkWriter("scores", [1, 3, 16, 16]);
    const x = net.relu("relu", net.conv("conv", net.image, [3, 8]));
    const scores = net.conv("scores", x, [8, 4], { kernel: 1 });
    const classifier = await classifierOf(net.bytes(net.flatten("flatten", net.globalPool("pool", scores))));
    expect(findLayer(classifier, "last").node).toBe("scores");
  });

  it("may be a line where the picture is one", async () => {
    const net = new NetworkWriter("line", [1, 3, 1, 32]);
    const weight = net.weight("conv.weight", [8, 3, 1, 3], 9);
    const x = net.relu("relu", net.node("Conv", "conv", [net.image, weight], { pads: [0, 1, 0, 1] }));
    const classifier = await classifierOf(
      net.bytes(net.dense("fc", net.flatten("flatten", net.globalPool("pool", x)), [8, 4])),
    );
    expect(findLayer(classifier, "last").node).toBe("relu");
  });

  it.each([
    ["a sum", bottleneck(true), true],
    ["an activation", bottleneck(false), false],
    ["gated activations", channelGate, false],
  ] as const)("knows its sign: %s", async (_, part, signed) => {
    expect(findLayer(await network(part), "last").signed).toBe(signed);
  });
});

describe("cautionOf", () => {
  const caution = async (classifier: Awaited<ReturnType<typeof network>>) =>
    cautionOf(classifier, layersOf(classifier));

  it.each(Object.entries(networks))("has nothing to say of %s", async (_, make) => {
    expect(await caution(await classifierOf(make()))).toBeUndefined();
  });

  it("has nothing to say of one convolution before dense layers", async () => {
    const net = new NetworkWriter("dense", [1, 1, 8, 8]);
    const x = net.flatten("flatten", net.relu("relu", net.conv("conv", net.image, [1, 4])));
    const hidden = net.relu("hidden.relu", net.dense("hidden", x, [256, 8]));
    expect(await caution(await classifierOf(net.bytes(net.dense("fc", hidden, [8, 3]))))).toBeUndefined();
  });

  it("says that the tokens' places can't be told, unless somebody says them", async () => {
    const net = new NetworkWriter("transformer", [1, 3, 16, 16]);
    const patches = net.conv("patches", net.image, [3, 8], { stride: 2 });
    const order = net.ints(
      "order",
      Array.from({ length: 64 }, (_, i) => (i * 5) % 64),
    );
    const shuffled = net.node("Gather", "shuffle", [tokensOf(net, patches), order], { axis: 1 });
    const tokens = mlp(net, attention(net, shuffled));
    const mean = net.node("ReduceMean", "mean", [tokens, net.ints("axes", [1])], { keepdims: 0 });
    const bytes = net.bytes(net.dense("fc", mean, [8, 4]));
    const classifier = await classifierOf(bytes);
    expect(findLayer(classifier, "last").node).toBe("patches");
    expect(await caution(classifier)).toMatch(
      /^the default layer "patches_out" lies at \d+ % .* from q \(MatMul\) on, works on 64 tokens of 24 numbers, .* say it with --grid HEIGHT,WIDTH/,
    );
    const told = await classifierOf(bytes, { grid: [8, 8] });
    expect(findLayer(told, "last").node).toBe("gelu");
    expect(await caution(told)).toBeUndefined();
  });

  it("has nothing to say where the tokens become a grid that is pooled", async () => {
    expect(
      await caution(await network((net, x) => gridOf(net, mlp(net, attention(net, tokensOf(net, x)))))),
    ).toBeUndefined();
  });

  it("is not the smaller grid that attention reduces its keys and values to", async () => {
    const net = new NetworkWriter("strided keys", [1, 3, 16, 16]);
    const x = net.relu("stage", net.conv("patches", net.image, [3, 8], { stride: 4 }));
    const reduced = (name: string) => {
      const y = net.conv(`${name}.conv`, x, [8, 8], { stride: 2 });
      return net.node("Reshape", name, [y, net.ints(`${name}.shape`, [1, 8, 4])]);
    };
    const scores = net.node("MatMul", "scores", [net.random("query", [1, 1, 8], -1, 1), reduced("keys")]);
    const attention = net.node("Softmax", "attention", [scores], { axis: -1 });
    const values = net.node("Transpose", "tokens", [reduced("values")], { perm: [0, 2, 1] });
    const seen = net.node("MatMul", "seen", [attention, values]);
    const features = net.node("Reshape", "features", [seen, net.ints("features.shape", [1, 8])]);
    const classifier = await classifierOf(net.bytes(net.dense("fc", features, [8, 3])));
    expect(findLayer(classifier, "last").node).toBe("stage");
  });
});
