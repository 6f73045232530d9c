import { describe, expect, it } from "vitest";
import { classifierOf, imageOf, noise, runtime } from "../testing/explaining.js";
import { NetworkWriter, residual } from "../testing/networks.js";
import { imbalanceOf, type LedgerEntry, ledgerOf } from "./ledger.js";

const BALANCED: LedgerEntry = {
  node: "conv",
  operator: "Conv",
  rule: "epsilon",
  given: 3,
  passed: 1.5,
  spread: 0,
  bias: 1,
  stabilizer: 0.5,
  magnitude: 5,
};

describe("the imbalance of a node", () => {
  it("is the share of the absolute relevance that nothing accounts for", () => {
    expect(imbalanceOf(BALANCED)).toBe(0);
    expect(imbalanceOf({ ...BALANCED, bias: 0 })).toBeCloseTo(0.2);
    expect(imbalanceOf({ ...BALANCED, passed: Number.NaN })).toBeNaN();
  });

  it("is what comes from nothing where there was nothing", () => {
    const nothing = { ...BALANCED, given: 0, bias: 0, stabilizer: 0, magnitude: 0 };
    expect(imbalanceOf({ ...nothing, passed: 0 })).toBe(0);
    expect(imbalanceOf({ ...nothing, passed: -2 })).toBe(2);
  });
});

describe("the ledger", () => {
  it("says what a bias and the stabilizer keep, by hand", async () => {
    // z = 2 * 3 + 4 = 10, stabilized 12.5: of R = 10 the input gets 6/12.5, the bias 4/12.5, the stabilizer 2.5/12.5
    const net = new NetworkWriter("hand", [1, 1, 1, 1]);
    const row = net.flatten("flatten", net.image);
    const fc = net.node("Gemm", "fc", [row, net.constant("W", [1, 1], [3]), net.constant("b", [1], [4])]);
    const classifier = await classifierOf(net.bytes(fc));
    const options = { composite: "epsilon", bias: "share", stabilizer: "absolute", epsilon: 2.5, target: 0 } as const;
    const { entries, start, end } = await ledgerOf(classifier, runtime, imageOf([1, 1, 1, 1], [2]), options);
    expect([start, end]).toEqual([10, expect.closeTo(4.8, 5)]);
    const entry = entries.find(({ node }) => node === "fc");
    expect(entry).toMatchObject({ operator: "Gemm", rule: "epsilon", given: 10, magnitude: 10 });
    expect([entry?.passed, entry?.bias, entry?.stabilizer].map((v) => v?.toFixed(4))).toEqual([
      "4.8000",
      "3.2000",
      "2.0000",
    ]);
  });

  it("goes from the logits to the image", async () => {
    const classifier = await classifierOf(residual());
    const { entries } = await ledgerOf(classifier, runtime, noise(classifier.image.dims));
    expect([entries[0]?.node, entries.at(-1)?.node]).toEqual(["fc", "stem.conv"]);
  });

  it("books what constants get that are joined to a signal, as a class token is", async () => {
    const net = new NetworkWriter("token", [1, 1, 2, 2]);
    const token = net.constant("token", [1, 1, 1, 2], [1, 2]);
    const joined = net.node("Concat", "join", [token, net.image], { axis: 2 });
    const scores = net.dense("fc", net.flatten("flatten", joined), [6, 3]);
    const classifier = await classifierOf(net.bytes(scores));
    const { entries } = await ledgerOf(classifier, runtime, noise([1, 1, 2, 2]), {
      composite: "epsilon",
      bias: "share",
      target: 1,
    });
    const join = entries.find(({ node }) => node === "join") as LedgerEntry;
    expect(Math.abs(join.bias)).toBeGreaterThan(0.01);
    expect(imbalanceOf(join)).toBeLessThan(1e-5);
    const spread = await ledgerOf(classifier, runtime, noise([1, 1, 2, 2]), { composite: "epsilon", target: 1 });
    const kept = spread.entries.find(({ node }) => node === "join") as LedgerEntry;
    expect(Math.abs(kept.bias)).toBe(0);
    expect(Math.abs(kept.spread)).toBeGreaterThan(0.01);
    expect(spread.end / spread.start).toBeCloseTo(1, 4);
  });

  it("holds the positions constant at which a signal is read, also where they are computed from it", async () => {
    const net = new NetworkWriter("transformer", [1, 2, 6, 6]);
    const mean = net.node("Flatten", "flat", [net.globalPool("pool", net.image)]);
    const turned = net.node("Gemm", "turn", [
      mean,
      net.random("W", [2, 6], -0.1, 0.1),
      net.constant("b", [6], [0.9, 0, 0, 0, 0.9, 0]),
    ]);
    const theta = net.node("Reshape", "theta", [turned, net.ints("theta.shape", [1, 2, 3])]);
    const grid = net.node("AffineGrid", "grid", [theta, net.ints("size", [1, 2, 5, 5])]);
    const sampled = net.node("GridSample", "sample", [net.image, grid]);
    const classifier = await classifierOf(net.bytes(net.dense("fc", net.flatten("flatten", sampled), [50, 3])));
    const { entries, start, end } = await ledgerOf(classifier, runtime, noise([1, 2, 6, 6]), {
      composite: "epsilon",
      target: 1,
    });
    const sample = entries.find(({ node }) => node === "sample") as LedgerEntry;
    expect([imbalanceOf(sample) < 1e-4, sample.bias]).toEqual([true, 0]);
    expect(entries.map(({ node }) => node)).not.toContain("turn");
    const kept = entries.reduce((sum, entry) => sum + entry.bias + entry.stabilizer, 0);
    expect(end).toBeCloseTo(start - kept, 3);
  });

  it("balances where signals are shared with constants, gated and averaged", async () => {
    const net = new NetworkWriter("mixed", [1, 3, 8, 8]);
    const signal = net.conv("conv", net.image, [3, 4]);
    const gate = net.node("Sigmoid", "gate", [
      net.conv("up", net.globalPool("squeeze", signal), [4, 4], { kernel: 1 }),
    ]);
    const gated = net.node("Mul", "gated", [signal, gate]);
    const shifted = net.node("Add", "shifted", [gated, net.random("offset", [1, 4, 8, 8], -1, 1)]);
    const mean = net.node("ReduceMean", "mean", [shifted, net.ints("axes", [2, 3])], { keepdims: 0 });
    const classifier = await classifierOf(net.bytes(net.dense("fc", mean, [4, 5])));
    const { entries } = await ledgerOf(classifier, runtime, noise(classifier.image.dims), {
      composite: "z-plus",
      bias: "share",
    });
    for (const entry of entries) expect(imbalanceOf(entry), JSON.stringify(entry)).toBeLessThan(1e-4);
    const books = new Map(entries.map(({ node, bias }) => [node, bias]));
    expect(books.get("shifted")).not.toBe(0);
    expect(books.get("mean")).toBe(0);
  });
});
