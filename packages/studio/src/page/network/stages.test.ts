import type { Ledger, Network } from "@limn/core";
import { describe, expect, it } from "vitest";
import { stagesOf } from "./stages.js";

const node = (name: string, stage: string) => ({
  name,
  operator: "Conv",
  stage,
  shape: [1, 2, 3, 3],
  layer: undefined,
});
const network: Network = {
  nodes: [node("a", "stem"), node("b", "stage1"), node("c", "stage1")],
  edges: [
    [0, 1],
    [1, 2],
  ],
};
const entry = (name: string, given: number, spread: number) => ({
  node: name,
  operator: "Conv",
  rule: "z-plus",
  given,
  passed: given,
  spread,
  bias: 1,
  stabilizer: 0,
  magnitude: given,
});
const ledger: Ledger = { start: 10, end: 8, entries: [entry("c", 10, 2), entry("b", 9, 1)] };

describe("the stages of a network", () => {
  it("have shares of the score, in the order of the network", () => {
    const [stem, stage] = stagesOf(network, ledger);
    expect(stem).toMatchObject({ name: "stem", spread: 0, kept: 0 });
    expect(stem?.nodes[0]).toMatchObject({ index: 0, given: undefined });
    expect(stage?.nodes.map(({ given }) => given)).toEqual([0.9, 1]);
    expect(stage?.spread).toBeCloseTo(0.3);
    expect(stage?.kept).toBeCloseTo(0.2);
  });

  it("are there before the ledger is", () => {
    expect(stagesOf(network, undefined).map(({ nodes }) => nodes.length)).toEqual([1, 2]);
  });
});
