import * as v from "valibot";
import { describe, expect, it } from "vitest";
import type { Classifier } from "../classifier.js";
import { classifierOf, explainOnce, mapsOf, noise } from "../testing/explaining.js";
import { networks } from "../testing/networks.js";
import { type TransformerOptions, transformer } from "../testing/transformer.js";
import { defineMethod } from "./define.js";
import type { MethodContext, Options } from "./method.js";
import { relevanceSeed } from "./seed.js";

// The methods as their definitions say it, one number after the other.

type Matrix = readonly (readonly number[])[];

/** What one block's attention is: a matrix, queries by keys, for each head. */
interface AtBlock {
  readonly A: readonly Matrix[];
  /** The gradient of the target's score by A. */
  readonly G: readonly Matrix[];
  /** The relevance of A. */
  readonly R: readonly Matrix[];
}

const TARGET = 1;
const BLOCKS = 3;

/** A method whose map is a value of a block. */
const probe = (name: string, block: number, of: (context: MethodContext, A: MethodContext["image"]) => typeof A) =>
  defineMethod({
    name: `${name}-of-block-${block}`,
    summary: "a value of a block",
    source: "this test",
    family: "attention",
    usesLayer: false,
    options: v.object({}),
    signed: () => true,
    map: (context) => of(context, context.transformer.blocks[block]?.A as MethodContext["image"]),
  });

const blocksOf = (classifier: Classifier): Promise<AtBlock[]> =>
  Promise.all(Array.from({ length: BLOCKS }, (_, block) => blockOf(classifier, block, TARGET)));

async function blockOf(classifier: Classifier, block: number, target: number): Promise<AtBlock> {
  const propagation = { composite: "chefer" };
  const probes = [
    probe("a", block, (_, A) => A),
    probe("g", block, ({ score, gradient }, A) => gradient(score, A)),
    probe("r", block, ({ score, relevance }, A) => relevance(relevanceSeed(score, "one-hot"), A, propagation)),
  ];
  const requests = probes.map((method) => ({ method }));
  const maps = await mapsOf(classifier, requests, noise(classifier.image.dims), target);
  const [A, G, R] = maps.map(({ values, shape }) => headsOf([...values], shape)) as [Matrix[], Matrix[], Matrix[]];
  return { A, G, R };
}

/** @param shape [heads, queries, keys] */
const headsOf = (values: readonly number[], [heads = 1, queries = 1, keys = 1]: readonly number[]): Matrix[] =>
  Array.from({ length: heads }, (_, h) =>
    matrix(queries, keys, (i, j) => values[(h * queries + i) * keys + j] as number),
  );

const sumOver = (count: number, term: (i: number) => number): number => {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += term(i);
  return sum;
};
const matrix = (rows: number, columns: number, at: (i: number, j: number) => number): Matrix =>
  Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => at(i, j)));
const get = (m: Matrix | undefined, i: number, j: number): number => m?.[i]?.[j] as number;
const product = (a: Matrix, b: Matrix): Matrix =>
  matrix(a.length, b.length, (i, j) => sumOver(b.length, (k) => get(a, i, k) * get(b, k, j)));
const identity = (size: number): Matrix => matrix(size, size, (i, j) => (i === j ? 1 : 0));
const plus = (a: Matrix, b: Matrix): Matrix => matrix(a.length, a.length, (i, j) => get(a, i, j) + get(b, i, j));

/** Each element by those of all heads. */
const fused = (heads: readonly Matrix[], fuse: (values: readonly number[]) => number): Matrix =>
  matrix((heads[0] as Matrix).length, (heads[0] as Matrix).length, (i, j) =>
    fuse(heads.map((head) => get(head, i, j))),
  );
const mean = (values: readonly number[]): number => sumOver(values.length, (i) => values[i] as number) / values.length;
const raising = (W: readonly Matrix[], G: readonly Matrix[]): Matrix =>
  fused(
    W.map((head, h) => matrix(head.length, head.length, (i, j) => Math.max(0, get(head, i, j) * get(G[h], i, j)))),
    mean,
  );

/** R = (W_L + I) ... (W_1 + I) */
const accumulated = (weights: readonly Matrix[]): Matrix =>
  weights.reduce((R, W) => plus(R, product(W, R)), identity((weights[0] as Matrix).length));

const rolledOut = (blocks: readonly AtBlock[], fuse: (values: readonly number[]) => number, discard = 0): Matrix => {
  const [first] = blocks.map(({ A }) => (A[0] as Matrix).length) as [number];
  return blocks.reduce((R, { A }) => {
    const W = fused(A, fuse);
    const count = Math.floor(first * first * discard);
    const bound = count === 0 ? -1 : (W.flat().sort((a, b) => a - b)[count - 1] as number);
    const kept = plus(
      matrix(first, first, (i, j) => (get(W, i, j) > bound ? get(W, i, j) : 0)),
      identity(first),
    );
    const rows = matrix(first, first, (i, j) => get(kept, i, j) / sumOver(first, (k) => get(kept, i, k)));
    return product(rows, R);
  }, identity(first));
};

/** A row, or the mean of the grid's rows, without the tokens before the grid. */
const shown = (R: Matrix, row: number | "mean", before: number): number[] => {
  const rows = row === "mean" ? R.slice(before) : [R[row] as readonly number[]];
  return Array.from({ length: R.length - before }, (_, j) => mean(rows.map((r) => r[j + before] as number)));
};

const CASES: readonly (readonly [string, Options, (blocks: readonly AtBlock[]) => Matrix])[] = [
  ["rollout", {}, (blocks) => rolledOut(blocks, mean)],
  ["rollout", { fuse: "max" }, (blocks) => rolledOut(blocks, (values) => Math.max(...values))],
  ["rollout", { fuse: "min" }, (blocks) => rolledOut(blocks, (values) => Math.min(...values))],
  ["rollout", { discard: 0.5 }, (blocks) => rolledOut(blocks, mean, 0.5)],
  ["generic-attention", {}, (blocks) => accumulated(blocks.map(({ A, G }) => raising(A, G)))],
  ["generic-attention", { start: 1 }, (blocks) => accumulated(blocks.slice(1).map(({ A, G }) => raising(A, G)))],
  ["transformer-attribution", {}, (blocks) => accumulated(blocks.map(({ R, G }) => raising(R, G)))],
  ["transformer-attribution", { start: 2 }, (blocks) => accumulated(blocks.slice(2).map(({ R, G }) => raising(R, G)))],
];

const NETWORKS: readonly (readonly [string, TransformerOptions, { row: number | "mean"; before: number }])[] = [
  ["a class token", {}, { row: 0, before: 1 }],
  ["a class token and registers", { others: 3 }, { row: 0, before: 3 }],
  ["a mean of all tokens", { others: 0, head: "mean" }, { row: "mean", before: 0 }],
];

function expectClose(found: ArrayLike<number> | undefined, expected: readonly number[]): void {
  const largest = Math.max(...expected.map(Math.abs), Number.MIN_VALUE);
  expect(found).toHaveLength(expected.length);
  expected.forEach((value, i) => {
    expect(Math.abs((found?.[i] as number) - value) / largest).toBeLessThan(1e-5);
  });
}

describe.each(NETWORKS)("of a network with %s", (_, options, { row, before }) => {
  const opened = classifierOf(transformer({ blocks: BLOCKS, ...options }));
  const blocks = opened.then(blocksOf);

  it.each(CASES)("%s %j is its definition", async (method, settings, twin) => {
    const classifier = await opened;
    const image = noise(classifier.image.dims);
    const [map, other] = await mapsOf(
      classifier,
      [
        { method, options: settings },
        { method, options: { ...settings, row: before + 1 } },
      ],
      image,
      TARGET,
    );
    expect(map?.shape).toEqual([2, 2]);
    const R = twin(await blocks);
    expect(R.flat().some((value) => value > 0)).toBe(true);
    expectClose(map?.values, shown(R, row, before));
    expectClose(other?.values, shown(R, before + 1, before));
  });

  it("attention-grad-cam is its definition", async () => {
    const classifier = await opened;
    const rowsOf = (heads: readonly Matrix[]) => heads.map((head) => shown(head, row, before));
    const largest: number[] = [];
    for (const target of [0, 1, 2]) {
      const { A, G } = await blockOf(classifier, BLOCKS - 1, target);
      const [map] = await mapsOf(classifier, ["attention-grad-cam"], noise(classifier.image.dims), target);
      const weights = rowsOf(G).map(mean);
      const rows = rowsOf(A);
      const expected = (rows[0] as number[]).map((_, j) =>
        Math.max(0, mean(rows.map((a, h) => (weights[h] as number) * (a[j] as number)))),
      );
      expectClose(map?.values, expected);
      largest.push(...expected);
    }
    expect(Math.max(...largest)).toBeGreaterThan(0);
  });

  it("legrad is its definition: networks of fewer blocks read these as the last ones", async () => {
    const classifier = await opened;
    const image = noise(classifier.image.dims);
    const maps: number[][] = [];
    for (let blocks = 1; blocks <= BLOCKS; blocks++) {
      const shorter = await classifierOf(transformer({ ...options, blocks }));
      const last = probe("g", blocks - 1, ({ score, gradient }, A) => gradient(score, A));
      const [G] = await mapsOf(shorter, [{ method: last }], image, TARGET);
      const heads = headsOf([...(G?.values ?? [])], G?.shape ?? []);
      const size = (heads[0] as Matrix).length;
      maps.push(
        Array.from({ length: size }, (_, j) =>
          mean(heads.map((head) => sumOver(size, (i) => Math.max(0, get(head, i, j))) / size)),
        ),
      );
    }
    const expected = (maps[0] as number[]).map((_, j) => mean(maps.map((map) => map[j] as number))).slice(before);
    const [map] = await mapsOf(classifier, ["legrad"], image, TARGET);
    expectClose(map?.values, expected);
  });
});

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
});
