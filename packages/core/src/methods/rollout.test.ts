import { describe, it } from "vitest";
import {
  type AtBlock,
  expectRows,
  fused,
  get,
  identity,
  type Matrix,
  matrix,
  mean,
  NETWORKS,
  plus,
  product,
  sumOver,
} from "../testing/attention-twins.js";
import type { Options } from "./method.js";

// no peer: packages that have it do not read ONNX; its definition is a few lines of matrices

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

const CASES: readonly (readonly [Options, (blocks: readonly AtBlock[]) => Matrix])[] = [
  [{}, (blocks) => rolledOut(blocks, mean)],
  [{ fuse: "max" }, (blocks) => rolledOut(blocks, (values) => Math.max(...values))],
  [{ fuse: "min" }, (blocks) => rolledOut(blocks, (values) => Math.min(...values))],
  [{ discard: 0.5 }, (blocks) => rolledOut(blocks, mean, 0.5)],
];

describe.each(NETWORKS)("rollout of a network with %s", (...network) => {
  it.each(CASES)("%j is its definition", (options, twin) =>
    expectRows("rollout", options, network, twin, { identity: false }),
  );
});
