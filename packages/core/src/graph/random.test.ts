import { describe, expect, it } from "vitest";
import { encodeModel } from "../onnx/encode.js";
import { runtime } from "../testing/explaining.js";
import { Graph } from "./graph.js";
import { normal, type RandomSource, uniform } from "./random.js";
import type { Shape } from "./tensor.js";

type Draw = (source: RandomSource, shape: Shape) => ReturnType<typeof uniform>;

/** The numbers of some steps of a seed and stream. */
async function drawn(draw: Draw, shape: Shape, steps: readonly number[], { seed = 0, stream = 0 } = {}) {
  const graph = new Graph();
  const step = graph.addInput("step", "int64", []);
  const output = draw({ seed, stream, step }, shape);
  graph.outputs.push(output);
  const model = { graph, irVersion: 10, opsets: new Map([["", 21]]), producer: "limn", metadata: new Map() };
  const session = await runtime.createSession(encodeModel(model));
  const blocks: number[][] = [];
  for (const k of steps) {
    const feeds = { step: { dtype: "int64", dims: [], data: BigInt64Array.of(BigInt(k)) } } as const;
    const results = await session.run(feeds, [output.name]);
    blocks.push(Array.from(results[output.name]?.data as Float32Array));
  }
  await session.release();
  return blocks;
}

const mean = (x: readonly number[]) => x.reduce((sum, v) => sum + v, 0) / x.length;
const moment = (x: readonly number[], power: number) => mean(x.map((v) => v ** power));
function correlation(x: readonly number[], y: readonly number[]): number {
  const [mx, my] = [mean(x), mean(y)];
  const covariance = mean(x.map((v, i) => (v - mx) * ((y[i] as number) - my)));
  return covariance / Math.sqrt((moment(x, 2) - mx ** 2) * (moment(y, 2) - my ** 2));
}

const COUNT = 100_000;
/** Means of COUNT numbers of deviation 1 stay within this with a probability of 1 - 1e-6. */
const CLOSE = 5 / Math.sqrt(COUNT);

/** The same hash in plain code. */
function hashed(place: number, seed: number): number {
  const mixed = (word: number) => {
    let x = word >>> 0;
    x = Math.imul(x ^ (x >>> 16), 0x7feb352d) >>> 0;
    x = Math.imul(x ^ (x >>> 15), 0x846ca68b) >>> 0;
    return (x ^ (x >>> 16)) >>> 0;
  };
  const key = mixed(seed);
  return (mixed((mixed((place + key) >>> 0) + mixed(key)) >>> 0) >>> 8) / 2 ** 24;
}

describe("uniform", () => {
  it("is the hash of the place, whatever the number of steps it is drawn in", async () => {
    const expected = Array.from({ length: 12 }, (_, i) => hashed(i, 42));
    expect((await drawn(uniform, [3, 2], [0, 1], { seed: 42 })).flat()).toEqual(expected);
    expect((await drawn(uniform, [4], [0, 1, 2], { seed: 42 })).flat()).toEqual(expected);
  });

  it("has the moments of the uniform distribution, in every step", async () => {
    for (const block of await drawn(uniform, [COUNT], [0, 1, 999])) {
      expect(Math.min(...block.slice(0, 1000))).toBeGreaterThanOrEqual(0);
      expect(block.every((v) => v < 1)).toBe(true);
      expect(Math.abs(mean(block) - 1 / 2)).toBeLessThan(CLOSE * 0.29);
      expect(Math.abs(moment(block, 2) - 1 / 3)).toBeLessThan(CLOSE * 0.3);
      // every tenth of the range holds its share
      const counts = new Array(10).fill(0);
      for (const v of block) counts[Math.floor(10 * v)]++;
      for (const count of counts) expect(Math.abs(count / COUNT - 0.1)).toBeLessThan(CLOSE * 0.3);
    }
  });

  it("is not correlated between neighbors, steps, seeds and streams", async () => {
    const [first = [], second = []] = await drawn(uniform, [COUNT], [0, 1]);
    const [otherSeed = []] = await drawn(uniform, [COUNT], [0], { seed: 1 });
    const [otherStream = []] = await drawn(uniform, [COUNT], [0], { stream: 1 });
    for (const other of [
      second,
      otherSeed,
      otherStream,
      [...first.slice(1), 0],
      [...first.slice(224), ...first.slice(0, 224)],
    ]) {
      expect(Math.abs(correlation(first, other))).toBeLessThan(CLOSE);
    }
  });
});

describe("normal", () => {
  it("has the moments of the normal distribution", async () => {
    for (const block of await drawn(normal, [4, COUNT / 4], [0, 5], { seed: 3 })) {
      expect(Math.abs(mean(block))).toBeLessThan(CLOSE);
      expect(Math.abs(moment(block, 2) - 1)).toBeLessThan(CLOSE * Math.SQRT2);
      expect(Math.abs(moment(block, 3))).toBeLessThan(CLOSE * Math.sqrt(15));
      expect(Math.abs(moment(block, 4) - 3)).toBeLessThan(CLOSE * Math.sqrt(96));
    }
  });

  it("is not correlated between the two halves of a row, and steps", async () => {
    const [first = [], second = []] = await drawn(normal, [1, COUNT], [0, 1]);
    expect(Math.abs(correlation(first, second))).toBeLessThan(CLOSE);
    const half = COUNT / 2;
    const squares = (x: readonly number[]) => x.map((v) => v * v);
    expect(Math.abs(correlation(first.slice(0, half), first.slice(half)))).toBeLessThan(CLOSE * 1.5);
    expect(Math.abs(correlation(squares(first.slice(0, half)), squares(first.slice(half))))).toBeLessThan(CLOSE * 1.5);
  });

  it("gives each row the same numbers, whatever the batch, of odd sizes too", async () => {
    const rows = (await drawn(normal, [1, 3, 3], [0, 1, 2, 3])).flat();
    const inPairs = (await drawn(normal, [2, 3, 3], [0, 1])).flat();
    // cosines of vectors of another length may be rounded otherwise
    for (const [i, v] of inPairs.entries()) expect(v).toBeCloseTo(rows[i] as number, 5);
    expect(new Set(rows).size).toBe(36);
  });
});
