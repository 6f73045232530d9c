import * as v from "valibot";
import { expect } from "vitest";
import type { Classifier } from "../classifier.js";
import { defineMethod } from "../methods/define.js";
import type { MethodContext, Options } from "../methods/method.js";
import { relevanceSeed } from "../methods/seed.js";
import { classifierOf, mapsOf, noise } from "./explaining.js";
import { type TransformerOptions, transformer } from "./transformer.js";

// For tests that write methods of attention as their definitions say it, one number after the other.

export type Matrix = readonly (readonly number[])[];

/** What one block's attention is: a matrix, queries by keys, for each head. */
export interface AtBlock {
  readonly A: readonly Matrix[];
  /** The gradient of the target's score by A. */
  readonly G: readonly Matrix[];
  /** The relevance of A. */
  readonly R: readonly Matrix[];
}

export const TARGET = 1;
export const BLOCKS = 3;

/** A method whose map is a value of a block. */
export const probe = (
  name: string,
  block: number,
  of: (context: MethodContext, A: MethodContext["image"]) => typeof A,
) =>
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

export const blocksOf = (classifier: Classifier): Promise<AtBlock[]> =>
  Promise.all(Array.from({ length: BLOCKS }, (_, block) => blockOf(classifier, block, TARGET)));

export async function blockOf(classifier: Classifier, block: number, target: number): Promise<AtBlock> {
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
export const headsOf = (values: readonly number[], [heads = 1, queries = 1, keys = 1]: readonly number[]): Matrix[] =>
  Array.from({ length: heads }, (_, h) =>
    matrix(queries, keys, (i, j) => values[(h * queries + i) * keys + j] as number),
  );

export const sumOver = (count: number, term: (i: number) => number): number => {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += term(i);
  return sum;
};
export const matrix = (rows: number, columns: number, at: (i: number, j: number) => number): Matrix =>
  Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => at(i, j)));
export const get = (m: Matrix | undefined, i: number, j: number): number => m?.[i]?.[j] as number;
export const product = (a: Matrix, b: Matrix): Matrix =>
  matrix(a.length, b.length, (i, j) => sumOver(b.length, (k) => get(a, i, k) * get(b, k, j)));
export const identity = (size: number): Matrix => matrix(size, size, (i, j) => (i === j ? 1 : 0));
export const plus = (a: Matrix, b: Matrix): Matrix => matrix(a.length, a.length, (i, j) => get(a, i, j) + get(b, i, j));

/** Each element by those of all heads. */
export const fused = (heads: readonly Matrix[], fuse: (values: readonly number[]) => number): Matrix =>
  matrix((heads[0] as Matrix).length, (heads[0] as Matrix).length, (i, j) =>
    fuse(heads.map((head) => get(head, i, j))),
  );
export const mean = (values: readonly number[]): number =>
  sumOver(values.length, (i) => values[i] as number) / values.length;
export const raising = (W: readonly Matrix[], G: readonly Matrix[]): Matrix =>
  fused(
    W.map((head, h) => matrix(head.length, head.length, (i, j) => Math.max(0, get(head, i, j) * get(G[h], i, j)))),
    mean,
  );

/** R = (W_L + I) ... (W_1 + I) */
export const accumulated = (weights: readonly Matrix[]): Matrix =>
  weights.reduce((R, W) => plus(R, product(W, R)), identity((weights[0] as Matrix).length));

/** A row, or the mean of the grid's rows, without the tokens before the grid. */
export const shown = (R: Matrix, row: number | "mean", before: number): number[] => {
  const rows = row === "mean" ? R.slice(before) : [R[row] as readonly number[]];
  return Array.from({ length: R.length - before }, (_, j) => mean(rows.map((r) => r[j + before] as number)));
};

export const NETWORKS: readonly (readonly [string, TransformerOptions, { row: number | "mean"; before: number }])[] = [
  ["a class token", {}, { row: 0, before: 1 }],
  ["a class token and registers", { others: 3 }, { row: 0, before: 3 }],
  ["a class token and a distillation token", { others: 2, head: "two" }, { row: 0, before: 2 }],
  ["a mean of all tokens", { others: 0, head: "mean" }, { row: "mean", before: 0 }],
];

export function expectClose(found: ArrayLike<number> | undefined, expected: readonly number[]): void {
  const largest = Math.max(...expected.map(Math.abs), Number.MIN_VALUE);
  expect(found).toHaveLength(expected.length);
  expected.forEach((value, i) => {
    expect(Math.abs((found?.[i] as number) - value) / largest).toBeLessThan(1e-5);
  });
}

/**
 * Checks a method whose map is a row of a matrix: the row that is usual, those of all tokens before the grid, and two of the grid.
 * @param identity whether the matrix has an identity that chosen rows go without
 */
export async function expectRows(
  method: string,
  options: Options,
  network: (typeof NETWORKS)[number],
  twin: (blocks: readonly AtBlock[]) => Matrix,
  { identity = true } = {},
): Promise<void> {
  const [, shape, { row, before }] = network;
  const classifier = await classifierOf(transformer({ blocks: BLOCKS, ...shape }));
  const rows = Array.from({ length: before + 2 }, (_, i) => i);
  const [map, ...chosen] = await mapsOf(
    classifier,
    [{ method, options }, ...rows.map((i) => ({ method, options: { ...options, row: i } }))],
    noise(classifier.image.dims),
    TARGET,
  );
  const R = twin(await blocksOf(classifier));
  expect(R.flat().some((value) => value > 0)).toBe(true);
  expect(map?.shape).toEqual([2, 2]);
  expectClose(map?.values, shown(R, row, before));
  // what a token attends to, without the 1 that it is itself
  const others = R.map((row, i) => row.map((value, j) => (identity && i === j ? value - 1 : value)));
  for (const i of rows) expectClose(chosen[i]?.values, shown(others, i, before));
}
