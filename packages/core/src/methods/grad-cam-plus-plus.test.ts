import { describe, expect, it } from "vitest";
import { classifierOf, imageOf, mapsOf } from "../testing/explaining.js";
import { NetworkWriter } from "../testing/networks.js";

const [ROWS, COLUMNS] = [5, 6];
const CELLS = ROWS * COLUMNS;

/** A = image, [channels, 5, 6], and y = sum(g A): the gradient is what the test wants it to be. */
function linearIn(g: readonly (readonly number[])[]): Uint8Array {
  const channels = g.length;
  const net = new NetworkWriter("linear", [1, channels, ROWS, COLUMNS]);
  const identity = g.flatMap((_, i) => g.map((_, j) => Number(i === j)));
  const A = net.node("Conv", "conv", [net.image, net.constant("identity", [channels, channels, 1, 1], identity)]);
  const weights = net.constant("g", [1, channels * CELLS], g.flat());
  return net.bytes(net.node("Gemm", "fc", [net.flatten("flatten", A), weights], { transB: 1 }));
}

const grid = (cells: Readonly<Record<number, number>>): number[] =>
  Array.from({ length: CELLS }, (_, i) => cells[i] ?? 0);

/** 1 at the given number of cells from a start, 0 elsewhere. */
const footprint = (start: number, cells: number): number[] =>
  Array.from({ length: CELLS }, (_, i) => Number(i >= start && i < start + cells));

async function mapsFor(
  A: readonly (readonly number[])[],
  g: readonly (readonly number[])[],
  requests: Parameters<typeof mapsOf>[1],
) {
  return mapsOf(await classifierOf(linearIn(g)), requests, imageOf([1, A.length, ROWS, COLUMNS], A.flat()), 0);
}

describe("grad-cam-plus-plus", () => {
  it("gives the weights of the paper's three footprints of 15, 4 and 2 cells", async () => {
    const starts = [0, 15, 19];
    const footprints = [footprint(0, 15), footprint(15, 4), footprint(19, 2)];
    const requests = ["grad-cam-plus-plus", "grad-cam-plus-plus-normalized", "grad-cam"];
    const maps = await mapsFor(footprints, footprints, requests);
    // where one channel alone is 1, the map is its weight
    const [plus, normalized, plain] = maps.map(({ values }) => starts.map((cell) => values[cell] as number));
    [15 / 17, 4 / 6, 2 / 4].forEach((w, k) => {
      expect(plus?.[k]).toBeCloseTo(w, 6);
      expect(normalized?.[k]).toBeCloseTo(1, 6);
    });
    expect(plus?.map((w) => w.toFixed(3))).toEqual(["0.882", "0.667", "0.500"]);
    [15, 4, 2].forEach((S, k) => {
      expect(plain?.[k]).toBeCloseTo(S / CELLS, 6);
    });
    for (const { values } of maps) expect([...values.slice(21)]).toEqual(new Array(CELLS - 21).fill(0));
  });

  it("takes the sum of the whole activation, times the gradient of the position", async () => {
    // S = 3 + 1 = 4; g = 2 at a cell of A = 3, 0.5 at one of A = 0, -1 at one of A = 1
    const A = [grid({ 0: 3, 2: 1 })];
    const g = [grid({ 0: 2, 1: 0.5, 2: -1 })];
    const maps = await mapsFor(A, g, ["grad-cam-plus-plus", "grad-cam-plus-plus-normalized"]);
    const [plus, normalized] = maps.map(({ values }) => values[2] as number);
    // alpha = g^2 / (2 g^2 + g^3 S): 4 / (8 + 32) and 0.25 / (0.5 + 0.5)
    const w = (4 / 40) * 2 + (1 / 4) * 0.5;
    expect(plus).toBeCloseTo(w, 6);
    expect(normalized).toBeCloseTo(w / (4 / 40 + 1 / 4), 6);
  });

  it("is 0 where the denominator is, and finite however small the gradient", async () => {
    // 2 + g S = 0 at the first cell of the first channel
    const A = [grid({ 0: -1 }), grid({ 1: 1 })];
    const tiny = 1e-20;
    const g = [grid({ 0: 2 }), grid({ 1: tiny })];
    const options = { relu: false };
    const [plus, normalized] = await mapsFor(A, g, [
      { method: "grad-cam-plus-plus", options },
      { method: "grad-cam-plus-plus", options: { ...options, normalized: true } },
    ]);
    expect(plus?.values[0]).toBeCloseTo(0, 30);
    // alpha = 1 / (2 + g S), about 1/2
    expect((plus?.values[1] as number) / tiny).toBeCloseTo(1 / 2, 6);
    expect((normalized?.values[1] as number) / tiny).toBeCloseTo(1, 6);
    expect([...(normalized?.values ?? [])].every(Number.isFinite)).toBe(true);
  });

  it("ends in a ReLU, which can be left out", async () => {
    const A = [grid({ 0: -1, 1: 5 })];
    const g = [grid({ 1: 1 })];
    const [kept, all] = await mapsFor(A, g, [
      "grad-cam-plus-plus",
      { method: "grad-cam-plus-plus", options: { relu: false } },
    ]);
    const w = 1 / (2 + 4);
    expect([...(kept?.values.slice(0, 2) ?? [])]).toEqual([0, expect.closeTo(5 * w, 6)]);
    expect(all?.values[0]).toBeCloseTo(-w, 6);
    expect([kept?.request.signed, all?.request.signed]).toEqual([false, true]);
  });
});
