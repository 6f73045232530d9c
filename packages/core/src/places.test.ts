import { describe, expect, it } from "vitest";
import type { Classifier } from "./classifier.js";
import type { Value } from "./graph/graph.js";
import { findLayer, layersOf } from "./layers.js";
import { expectClose } from "./testing/attention-twins.js";
import { classifierOf, explainOnce, mapsOf, noise } from "./testing/explaining.js";
import { NetworkWriter, networks } from "./testing/networks.js";

const SHAPE = [1, 3, 8, 12];
const image = noise(SHAPE);

/** Patches of a grid of 4 rows and 6 columns, with 8 features each. */
const patchesOf = (net: NetworkWriter) =>
  net.node("Conv", "patches", [net.image, net.weight("patches.weight", [8, 3, 2, 2], 12)], { strides: [2, 2] });
const reshaped = (net: NetworkWriter, name: string, x: Value, shape: readonly number[]) =>
  net.node("Reshape", name, [x, net.ints(`${name}.shape`, shape)]);
const turned = (net: NetworkWriter, name: string, x: Value, perm: readonly number[]) =>
  net.node("Transpose", name, [x], { perm: [...perm] });
const relu = (net: NetworkWriter, x: Value) => net.node("Relu", "tokens", [x]);
const sequenceOf = (net: NetworkWriter) =>
  turned(net, "turn", reshaped(net, "rows", patchesOf(net), [1, 8, 24]), [0, 2, 1]);
const byColumns = (net: NetworkWriter) =>
  turned(
    net,
    "turn",
    reshaped(net, "columns", turned(net, "swap", patchesOf(net), [0, 1, 3, 2]), [1, 8, 24]),
    [0, 2, 1],
  );
const headOf = (net: NetworkWriter, x: Value, axis: number) =>
  net.bytes(net.dense("fc", net.node("ReduceMean", "mean", [x, net.ints("axes", [axis])], { keepdims: 0 }), [8, 4]));

/** One head of attention over a sequence [1, tokens, 8], with a residual. */
function attended(net: NetworkWriter, x: Value, name: string, tokens: number): Value {
  const normalized = net.node("LayerNormalization", `${name}.norm`, [x, net.random(`${name}.scale`, [8], 0.5, 1.5)]);
  const [q, k, v] = ["q", "k", "v"].map((part) =>
    net.node("MatMul", `${name}.${part}`, [normalized, net.weight(`${name}.${part}.weight`, [8, 8], 8)]),
  ) as [Value, Value, Value];
  const product = net.node("MatMul", `${name}.qk`, [q, turned(net, `${name}.kt`, k, [0, 2, 1])]);
  const weights = net.node(
    "Softmax",
    `${name}.softmax`,
    [reshaped(net, `${name}.head`, product, [1, 1, tokens, tokens])],
    { axis: -1 },
  );
  const mixed = net.node("MatMul", `${name}.mix`, [weights, reshaped(net, `${name}.values`, v, [1, 1, tokens, 8])]);
  return net.node("Add", `${name}.add`, [x, reshaped(net, `${name}.joined`, mixed, [1, tokens, 8])]);
}

/** A transformer that classifies by its class token, which other tokens follow before the grid begins. */
function classToken(others: number, places = sequenceOf): Uint8Array {
  const net = new NetworkWriter("class token", SHAPE);
  const first = net.random("others", [1, others, 8], -1, 1);
  const sequence = net.node("Concat", "concat", [first, places(net)], { axis: 1 });
  const x = attended(net, attended(net, sequence, "block1", 24 + others), "block2", 24 + others);
  const normalized = net.node("LayerNormalization", "norm", [x, net.random("scale", [8], 0.5, 1.5)]);
  const token = net.node("Gather", "token", [normalized, net.ints("index", [0])], { axis: 1 });
  return net.bytes(net.dense("fc", reshaped(net, "flat", token, [1, 8]), [8, 4]));
}

const tokenLayer = (classifier: Classifier, node: string) => {
  const layer = layersOf(classifier).find((one) => one.node === node);
  return layer && { shape: layer.shape, before: layer.tokens?.before, after: layer.tokens?.after };
};

describe("the grid of tokens", () => {
  it.each<[string, (net: NetworkWriter) => Uint8Array]>([
    ["a sequence", (net) => headOf(net, relu(net, sequenceOf(net)), 1)],
    [
      "a sequence that comes first",
      (net) => headOf(net, relu(net, turned(net, "first", sequenceOf(net), [1, 0, 2])), 0),
    ],
    [
      "channels last",
      (net) => {
        const x = relu(net, turned(net, "last", patchesOf(net), [0, 2, 3, 1]));
        return headOf(net, reshaped(net, "flat", x, [1, 24, 8]), 1);
      },
    ],
    [
      "pixels cut into patches without a convolution",
      (net) => {
        const cut = reshaped(net, "cut", net.image, [1, 3, 4, 2, 6, 2]);
        const patches = reshaped(net, "patches", turned(net, "gather", cut, [0, 2, 4, 1, 3, 5]), [1, 24, 12]);
        return headOf(net, relu(net, net.node("MatMul", "embed", [patches, net.weight("weight", [12, 8], 12)])), 1);
      },
    ],
    [
      "windows that are put together again",
      (net) => {
        const windows = turned(
          net,
          "windows",
          reshaped(net, "cut", turned(net, "last", patchesOf(net), [0, 2, 3, 1]), [1, 2, 2, 2, 3, 8]),
          [0, 1, 3, 2, 4, 5],
        );
        const inside = reshaped(net, "inside", windows, [4, 6, 8]);
        const back = turned(net, "back", reshaped(net, "apart", inside, [1, 2, 2, 2, 3, 8]), [0, 1, 3, 2, 4, 5]);
        return headOf(net, relu(net, reshaped(net, "whole", back, [1, 24, 8])), 1);
      },
    ],
    [
      "every other row and column, joined",
      (net) => {
        const x = net.node("Conv", "fine", [net.image, net.weight("fine.weight", [2, 3, 1, 1], 3)]);
        const part = (row: number, column: number) => {
          const name = `part${row}${column}`;
          return net.node("Slice", name, [
            turned(net, `${name}.last`, x, [0, 2, 3, 1]),
            net.ints(`${name}.from`, [row, column]),
            net.ints(`${name}.to`, [8, 12]),
            net.ints(`${name}.axes`, [1, 2]),
            net.ints(`${name}.steps`, [2, 2]),
          ]);
        };
        const merged = net.node("Concat", "merge", [part(0, 0), part(1, 0), part(0, 1), part(1, 1)], { axis: -1 });
        const reduced = net.node("MatMul", "reduce", [merged, net.weight("reduce.weight", [8, 8], 8)]);
        return headOf(net, reshaped(net, "flat", relu(net, reduced), [1, 24, 8]), 1);
      },
    ],
  ])("is followed: %s", async (_, write) => {
    const classifier = await classifierOf(write(new NetworkWriter("places", SHAPE)));
    expect(tokenLayer(classifier, "tokens")).toEqual({ shape: [1, 8, 4, 6], before: 0, after: 0 });
    expect(findLayer(classifier, "last").node).toBe("tokens");
  });

  it.each([1, 2, 5])("begins after %i tokens that have no place", async (others) => {
    const classifier = await classifierOf(classToken(others));
    expect(tokenLayer(classifier, "block1.add")).toEqual({ shape: [1, 8, 4, 6], before: others, after: 0 });
  });

  it("is that of no layer within windows, and of none that holds heads", async () => {
    const net = new NetworkWriter("windows", SHAPE);
    const last = turned(net, "last", patchesOf(net), [0, 2, 3, 1]);
    const cut = turned(net, "windows", reshaped(net, "cut", last, [1, 2, 2, 2, 3, 8]), [0, 1, 3, 2, 4, 5]);
    const inside = relu(net, reshaped(net, "inside", cut, [4, 6, 8]));
    const back = turned(net, "back", reshaped(net, "apart", inside, [1, 2, 2, 2, 3, 8]), [0, 1, 3, 2, 4, 5]);
    const heads = net.node("Abs", "heads", [
      turned(net, "split", reshaped(net, "two", back, [1, 24, 2, 4]), [0, 2, 1, 3]),
    ]);
    const joined = reshaped(net, "join", turned(net, "unsplit", heads, [0, 2, 1, 3]), [1, 24, 8]);
    const classifier = await classifierOf(headOf(net, joined, 1));
    expect(tokenLayer(classifier, "tokens")).toBeUndefined();
    expect(tokenLayer(classifier, "heads")).toBeUndefined();
  });
});

describe("maps of tokens", () => {
  it("are those of the convolution whose positions they are", async () => {
    const net = new NetworkWriter("same", SHAPE);
    const positions = net.node("Relu", "positions", [patchesOf(net)]);
    const sequence = turned(net, "turn", reshaped(net, "rows", positions, [1, 8, 24]), [0, 2, 1]);
    const classifier = await classifierOf(
      headOf(net, net.node("Mul", "tokens", [sequence, net.constant("one", [], [1])]), 1),
    );
    const tokens = layersOf(classifier).find((layer) => layer.tokens)?.tensor ?? "";
    for (const method of ["grad-cam", "grad-cam-plus-plus", "layer-cam", "hires-cam", "eigen-cam", "relevance-cam"]) {
      const [before] = await mapsOf(classifier, [{ method, layer: "positions" }], image, 1);
      const [after] = await mapsOf(classifier, [{ method, layer: tokens }], image, 1);
      expect(after?.shape).toEqual([4, 6]);
      for (const [i, value] of [...(before?.values ?? [])].entries()) expect(after?.values[i]).toBeCloseTo(value, 5);
    }
  });

  it("are refused where the score needs the class token alone, with the layer that fits", async () => {
    const classifier = await classifierOf(classToken(1));
    expect(findLayer(classifier, "last").node).toBe("block2.norm");
    const late = layersOf(classifier).find(({ node }) => node === "norm");
    expect(late?.reached).toBe(false);
    await expect(mapsOf(classifier, [{ method: "grad-cam", layer: "norm" }], image)).rejects.toThrow(
      /^grad-cam: the score depends on the layer "norm_out" only by its class token/,
    );
    const [map] = await mapsOf(classifier, ["grad-cam"], image);
    expect(map?.shape).toEqual([4, 6]);
    expect(map?.values.some((value) => value > 0)).toBe(true);
  });

  it("have a stage for each block of a network that keeps one resolution", async () => {
    const stages = layersOf(await classifierOf(classToken(1))).flatMap(({ stage, node }) =>
      stage ? [`${stage} ${node}`] : [],
    );
    expect(stages).toEqual(["stem concat", "block1 block2.norm"]);
  });
});

describe("a grid that is read column by column", () => {
  it("has the maps of the same tokens in reading order", async () => {
    const methods = ["generic-attention", "rollout", "attention-grad-cam", "legrad", "grad-cam", "hires-cam"];
    // without positions, attention does not know the order of its tokens
    const [rows, columns] = await Promise.all(
      [classToken(1), classToken(1, byColumns)].map((bytes) => classifierOf(bytes)),
    );
    const expected = await mapsOf(rows as Classifier, methods, image, 0);
    for (const [i, map] of (await mapsOf(columns as Classifier, methods, image, 0)).entries()) {
      expect(map.shape).toEqual([4, 6]);
      expectClose(map.values, [...(expected[i]?.values ?? [])]);
    }
  });
});

describe("a grid that a person names", () => {
  const shuffled = (shape: readonly number[] = SHAPE): Uint8Array => {
    const net = new NetworkWriter("shuffled", shape);
    const order = Array.from({ length: 24 }, (_, i) => (i * 5) % 24);
    const mixed = net.node("Gather", "shuffle", [sequenceOf(net), net.ints("order", order)], { axis: 1 });
    return headOf(net, relu(net, attended(net, mixed, "block", 24)), 1);
  };

  it("is that of sequences of as many tokens", async () => {
    expect(tokenLayer(await classifierOf(shuffled()), "tokens")).toBeUndefined();
    const told = await classifierOf(shuffled(), { grid: [4, 6] });
    expect(tokenLayer(told, "tokens")).toEqual({ shape: [1, 8, 4, 6], before: 0, after: 0 });
    const [map] = await mapsOf(told, ["generic-attention"], image, 1);
    expect(map?.shape).toEqual([4, 6]);
  });

  it("is that of tokens after a layer that mixes all places", async () => {
    const net = new NetworkWriter("mixed", SHAPE);
    const size = SHAPE.reduce((a, b) => a * b, 1);
    const mixed = net.node("MatMul", "mix", [net.flatten("flat", net.image), net.random("W", [size, 24 * 8], -1, 1)]);
    const sequence = net.node("Reshape", "sequence", [mixed, net.ints("shape", [1, 24, 8])]);
    const bytes = headOf(net, relu(net, attended(net, sequence, "block", 24)), 1);
    await expect(mapsOf(await classifierOf(bytes), ["rollout"], image)).rejects.toThrow(
      /over 24 features; if these are N = 24 tokens, P of them before a grid, .* --grid HEIGHT,WIDTH/,
    );
    await expect(mapsOf(await classifierOf(bytes), ["grad-cam"], image)).rejects.toThrow(
      /^the model has no activation with spatial extent: what follows the image, from .* on, works on 24 tokens of \d+ numbers, .* --grid HEIGHT,WIDTH/,
    );
    const [map] = await mapsOf(await classifierOf(bytes, { grid: [4, 6] }), ["generic-attention"], image, 1);
    expect(map?.shape).toEqual([4, 6]);
  });

  it("is asked for where methods of attention can't tell it", async () => {
    await expect(mapsOf(await classifierOf(shuffled()), ["rollout"], image)).rejects.toThrow(
      /the N = 24 tokens of the attention block\.mix .* N - P of them with P from 0 to 5 .*; say it with --grid HEIGHT,WIDTH/,
    );
  });

  it.each<[string, Uint8Array, readonly [number, number], RegExp]>([
    ["of more tokens", shuffled(), [5, 5], /^grid 5,5: the network's tokens lie as 4,6, .*; leave the grid out$/],
    [
      "of other rows than those that were followed",
      classToken(1),
      [6, 4],
      /^grid 6,4: the network's tokens lie as 4,6, /,
    ],
    [
      "of a network without sequences",
      networks.residual(),
      [4, 4],
      /^grid 4,4: the network has no sequence of 16 tokens, .* `limn layers --attention` shows how many its attentions have, if it has any$/,
    ],
  ])("is refused if it is one %s", async (_, bytes, grid, message) => {
    await expect(classifierOf(bytes, { grid })).rejects.toThrow(message);
  });
});

describe("tokens in front of images", () => {
  it("are laid out for each of several images", async () => {
    const net = new NetworkWriter("first", [2, 3, 8, 12]);
    const rows = reshaped(net, "rows", patchesOf(net), [2, 8, 24]);
    const first = relu(net, turned(net, "first", rows, [2, 0, 1]));
    const classifier = await classifierOf(headOf(net, first, 0));
    expect(tokenLayer(classifier, "tokens")).toEqual({ shape: [2, 8, 4, 6], before: 0, after: 0 });
    const maps = await explainOnce(
      classifier,
      [
        { method: "grad-cam", layer: "patches" },
        { method: "hires-cam", layer: "tokens" },
      ],
      noise([2, 3, 8, 12]),
      [1, 1],
    );
    expect(maps).toHaveLength(2);
    for (const { maps: both } of maps)
      expect(both.map(({ shape }) => shape)).toEqual([
        [4, 6],
        [4, 6],
      ]);
  });
});
