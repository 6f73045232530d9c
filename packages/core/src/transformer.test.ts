import { describe, expect, it } from "vitest";
import { checkGradient } from "./check/finite-differences.js";
import type { Value } from "./graph/graph.js";
import { blockOf, TARGET } from "./testing/attention-twins.js";
import { classifierOf, explainOnce, noise, runtime } from "./testing/explaining.js";
import { NetworkWriter } from "./testing/networks.js";
import { transformer } from "./testing/transformer.js";
import { attentionFactsOf, transformerOf } from "./transformer.js";

describe("the transformer that a network is", () => {
  it.each([
    ["class token", {}, { before: 1, classToken: 0 }],
    ["registers", { others: 4 }, { before: 4, classToken: 0 }],
    ["class token and distillation token", { others: 2, head: "two" }, { before: 2, classToken: 0 }],
    ["class token at the end", { head: "last" }, { before: 0, classToken: 4 }],
    ["mean", { others: 0, head: "mean" }, { before: 0, classToken: undefined }],
    ["mean of class token and grid", { others: 1, head: "mean" }, { before: 1, classToken: undefined }],
  ] as const)("has blocks, a grid and tokens before it: %s", async (_, options, expected) => {
    const classifier = await classifierOf(transformer({ blocks: 3, ...options }));
    const { blocks, lay, ...facts } = transformerOf(classifier);
    const tokens = 4 + ("others" in options ? options.others : 1);
    expect(facts).toEqual({ pooling: undefined, tokens, grid: [2, 2], assumed: false, ...expected });
    expect(blocks.map(({ output }) => output?.dims)).toEqual(Array(3).fill([1, tokens, 8]));
    expect(attentionFactsOf(classifier)[1]).toEqual({
      node: "block1.attention.softmax",
      heads: 2,
      queries: tokens,
      keys: tokens,
      windows: 1,
      places: { before: expected.before, grid: [2, 2] },
    });
  });

  it("is not found where the only attention asks for fewer tokens than it looks at", async () => {
    const classifier = await classifierOf(transformer({ blocks: 0, head: "attention" }));
    expect(() => transformerOf(classifier)).toThrow(/asks for 1 tokens what \d+ hold/);
  });

  it("is none where attention sees windows only", async () => {
    const net = new NetworkWriter("windows", [1, 3, 8, 8]);
    const patches = net.node("Conv", "patches", [net.image, net.weight("patches.W", [8, 3, 2, 2], 12)], {
      strides: [2, 2],
    });
    const shaped = (name: string, x: Value, shape: readonly number[]) =>
      net.node("Reshape", name, [x, net.ints(`${name}.shape`, shape)]);
    const turned = (name: string, x: Value, perm: readonly number[]) =>
      net.node("Transpose", name, [x], { perm: [...perm] });
    const last = turned("last", patches, [0, 2, 3, 1]);
    const cut = turned("windows", shaped("cut", last, [1, 2, 2, 2, 2, 8]), [0, 1, 3, 2, 4, 5]);
    const x = shaped("inside", cut, [4, 1, 4, 8]);
    const scores = net.node("MatMul", "scores", [x, turned("keys", x, [0, 1, 3, 2])]);
    const mixed = net.node("MatMul", "mix", [net.node("Softmax", "softmax", [scores], { axis: -1 }), x]);
    const back = turned("back", shaped("apart", mixed, [1, 2, 2, 2, 2, 8]), [0, 1, 3, 2, 4, 5]);
    const mean = net.node("ReduceMean", "mean", [shaped("whole", back, [1, 16, 8]), net.ints("axes", [1])], {
      keepdims: 0,
    });
    const classifier = await classifierOf(net.bytes(net.dense("fc", mean, [8, 3])));
    expect(() => transformerOf(classifier)).toThrow(
      /^the attention mix \(MatMul\) looks at windows or groups of 4 tokens only; .* use attn-lrp, grad-cam or saliency/,
    );
    expect(attentionFactsOf(classifier)).toMatchObject([{ windows: 4, queries: 4, places: { grid: [2, 2] } }]);
  });
});

describe("gradients in a transformer", () => {
  it("by tokens are what small steps say", async () => {
    const classifier = await classifierOf(transformer({ blocks: 2 }));
    const checks = await checkGradient(classifier, runtime, noise(classifier.image.dims), TARGET);
    expect(checks.map(({ stage }) => stage)).toEqual([undefined, "stem", "block1"]);
    for (const { verdict, stage } of checks) expect(verdict, stage).toBe("right");
  });

  it("by attention weights are what small steps say", async () => {
    const options = { blocks: 2 };
    const classifier = await classifierOf(transformer(options));
    const image = noise(classifier.image.dims);
    const step = 0.01;
    for (const block of [0, 1]) {
      const { G } = await blockOf(classifier, block, TARGET);
      for (const [head, query, key] of [
        [0, 0, 3],
        [1, 0, 0],
        [1, 2, 4],
      ] as const) {
        const scoreAt = async (by: number) => {
          const moved = await classifierOf(transformer({ ...options, nudge: { block, head, query, key, by } }));
          const [explanation] = await explainOnce(moved, [], image, [TARGET]);
          return Number(explanation?.logits[TARGET]);
        };
        const slope = ((await scoreAt(step)) - (await scoreAt(-step))) / (2 * step);
        const gradient = Number(G[head]?.[query]?.[key]);
        expect(Math.abs(slope - gradient)).toBeLessThan(1e-3 + 0.01 * Math.abs(gradient));
      }
    }
  });
});
