import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { randomized } from "../check/randomization.js";
import type { Value } from "../graph/graph.js";
import { blockOf, expectClose, get, mean, raising, sumOver, TARGET } from "../testing/attention-twins.js";
import { classifierOf, explainOnce, mapsOf, noise, runtime } from "../testing/explaining.js";
import { networks } from "../testing/networks.js";
import { transformer } from "../testing/transformer.js";
import { transformerOf } from "../transformer.js";
import { defineMethod } from "./define.js";
import type { MethodContext, Options } from "./method.js";

const METHODS = ["rollout", "generic-attention", "transformer-attribution", "attention-grad-cam", "legrad"];

describe("methods of attention", () => {
  it("say which row and which block there is not", async () => {
    const classifier = await classifierOf(transformer({ blocks: 2 }));
    const image = noise(classifier.image.dims);
    const explain = (method: string, options: Options) => mapsOf(classifier, [{ method, options }], image);
    await expect(explain("rollout", { row: 5 })).rejects.toThrow("row 5: the network has 5 tokens; give 0 to 4");
    await expect(explain("generic-attention", { start: 2 })).rejects.toThrow(
      "start 2: the network has 2 blocks; give 0 to 1",
    );
  });

  it.each(METHODS)("%s is refused on a network without attention, with what fits instead", async (method) => {
    const classifier = await classifierOf(networks.residual());
    await expect(mapsOf(classifier, [method], noise(classifier.image.dims))).rejects.toThrow(
      /the network has no attention to show; use grad-cam/,
    );
  });

  it.each(METHODS)("%s explains each of several images", async (method) => {
    const bytes = transformer({ blocks: 2, images: 2 });
    const single = await classifierOf(transformer({ blocks: 2 }));
    const both = await classifierOf(bytes);
    const image = noise(both.image.dims);
    const half = image.data.length / 2;
    const explanations = await explainOnce(both, [{ method }], image, [TARGET, TARGET]);
    for (const [i, explanation] of explanations.entries()) {
      const one = { ...image, dims: single.image.dims, data: image.data.slice(i * half, (i + 1) * half) };
      const [map] = await mapsOf(single, [method], one as typeof image, TARGET);
      expectClose(explanation.maps[0]?.values, [...(map?.values ?? [])]);
    }
    expect(explanations).toHaveLength(2);
  });

  it.each([...METHODS, "attn-lrp", "cp-lrp", "lrp"])(
    "%s depends on the last layers' weights (Adebayo et al. 2018)",
    async (method) => {
      const classifier = await classifierOf(transformer({ blocks: 2 }));
      const image = noise(classifier.image.dims);
      const [map] = await mapsOf(classifier, [method], image, TARGET);
      const seeds = [0, 1, 2, 3];
      const alike = seeds.map(async (seed) => {
        // head, MLP and attention of the last block
        const [changed] = await mapsOf(
          await randomized(classifier, runtime, { layers: 5, seed }),
          [method],
          image,
          TARGET,
        );
        return correlation([...(map?.values ?? [])], [...(changed?.values ?? [])]);
      });
      // maps of four numbers may be alike by chance
      expect((await Promise.all(alike)).reduce((sum, v) => sum + v, 0) / seeds.length).toBeLessThan(0.9);
    },
  );

  it("read the row of the token that the classes are read from, wherever it stands", async () => {
    const classifier = await classifierOf(transformer({ blocks: 2, head: "last" }));
    const image = noise(classifier.image.dims);
    const [usual, last, first] = await mapsOf(
      classifier,
      ["usual", 4, 0].map((row) => ({ method: "generic-attention", options: { row } })),
      image,
      TARGET,
    );
    expectClose(usual?.values, [...(last?.values ?? [])]);
    expect([...(first?.values ?? [])]).not.toEqual([...(usual?.values ?? [])]);
  });

  it("show what a token of the grid attends to, and not that it is itself", async () => {
    const classifier = await classifierOf(transformer({ blocks: 1, others: 0, head: "mean" }));
    const image = noise(classifier.image.dims);
    const { A, G } = await blockOf(classifier, 0, TARGET);
    const [map] = await mapsOf(classifier, [{ method: "generic-attention", options: { row: 2 } }], image, TARGET);
    const W = raising(A, G);
    expectClose(
      map?.values,
      [0, 1, 2, 3].map((j) => get(W, 2, j)),
    );
  });

  it("begin with the attention that makes one token of all, where a network has it", async () => {
    const classifier = await classifierOf(transformer({ blocks: 2, others: 0, head: "attention" }));
    const { pooling, blocks, classToken } = transformerOf(classifier);
    expect([pooling?.A.dims, blocks.length, classToken]).toEqual([[1, 2, 1, 4], 2, undefined]);
    const image = noise(classifier.image.dims);
    const probe = (name: string, of: (context: MethodContext) => Value) =>
      defineMethod({
        name,
        summary: "a row",
        source: "this test",
        family: "attention",
        usesLayer: false,
        options: v.object({}),
        signed: () => true,
        map: of,
      });
    const A = probe("pooling", ({ transformer }) => transformer.pooling?.A as Value);
    const G = probe("gradient", ({ transformer, score, gradient }) => gradient(score, transformer.pooling?.A as Value));
    const start = { start: 1, row: "usual" };
    const maps = await mapsOf(classifier, [{ method: A }, { method: G }, ...METHODS], image, TARGET);
    const [a, g, ...others] = maps.map(({ values }) => [...values]) as [number[], number[], ...number[][]];
    for (const values of others) expect(values).toHaveLength(4);
    // of one block, Abar of the pooling times I + Abar of the block
    const [map] = await mapsOf(classifier, [{ method: "generic-attention", options: start }], image, TARGET);
    const pooled = [0, 1, 2, 3].map((j) =>
      mean([0, 1].map((head) => Math.max(0, (a[4 * head + j] as number) * (g[4 * head + j] as number)))),
    );
    const block = await blockOf(classifier, 1, TARGET);
    const W = raising(block.A, block.G);
    expectClose(
      map?.values,
      pooled.map((value, j) => value + sumOver(4, (i) => (pooled[i] as number) * get(W, i, j))),
    );
  });
});

/** Pearson's; 0 if a map is even. */
function correlation(a: readonly number[], b: readonly number[]): number {
  const [da, db] = [a, b].map((values) => values.map((value) => value - mean(values))) as [number[], number[]];
  const dot = (x: readonly number[], y: readonly number[]) =>
    sumOver(x.length, (i) => (x[i] as number) * (y[i] as number));
  const scale = Math.sqrt(dot(da, da) * dot(db, db));
  return scale === 0 ? 0 : dot(da, db) / scale;
}
