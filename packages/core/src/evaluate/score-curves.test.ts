import { describe, expect, it } from "vitest";
import { classifierOf, noise, runtime } from "../testing/explaining.js";
import { batchedOf, deviation } from "../testing/iterated.js";
import { residual } from "../testing/networks.js";
import { plainScorer } from "../testing/plain-scores.js";
import { randomNumbers } from "../testing/random.js";
import { CurveScorer } from "./score-curves.js";

/** The picture blurred by a Gaussian of 5/224 of its side, in plain loops. */
function blurred(picture: readonly number[], size: number): number[] {
  const weight = (i: number, j: number) => Math.exp(-((i - j) ** 2) / (2 * ((5 / 224) * size) ** 2));
  const row = (i: number) => {
    const all = Array.from({ length: size }, (_, j) => weight(i, j));
    const total = all.reduce((sum, v) => sum + v, 0);
    return all.map((v) => v / total);
  };
  return picture.map((_, at) => {
    const channel = Math.floor(at / size ** 2);
    const [rows, columns] = [row(Math.floor((at % size ** 2) / size)), row(at % size)];
    let sum = 0;
    for (let y = 0; y < size; y++)
      for (let x = 0; x < size; x++)
        sum += (rows[y] as number) * (columns[x] as number) * (picture[channel * size ** 2 + y * size + x] as number);
    return sum;
  });
}

async function setting() {
  const one = await classifierOf(residual());
  const size = one.image.dims[2] as number;
  const image = noise(one.image.dims);
  const random = randomNumbers("ranks");
  const keys = Array.from({ length: size ** 2 }, random);
  const order = [...keys.keys()].sort((a, b) => (keys[a] as number) - (keys[b] as number));
  const ranks = new Float32Array(size ** 2);
  order.forEach((pixel, rank) => {
    ranks[pixel] = rank;
  });
  const batched = (batch: number) => batchedOf(residual(), one, batch);
  return { one, size, image, ranks, batched };
}

describe("CurveScorer", () => {
  it.each([
    [4, 5],
    [3, 4],
    [1, 2],
  ])("is its definition: %i steps, %i pictures a run", async (steps, batch) => {
    const { one, size, image, ranks, batched } = await setting();
    const scorer = await CurveScorer.create(await batched(batch), runtime, { steps });
    const found = await scorer.run(image, 1, ranks);
    const plain = await plainScorer(one);
    const picture = [...(image.data as Float32Array)];
    const blur = blurred(picture, size);
    const expected: { deletion: number[]; insertion: number[] } = { deletion: [], insertion: [] };
    for (let k = 0; k <= steps; k++) {
      const changes = (i: number) => (ranks[i % size ** 2] as number) < (k * size ** 2) / steps;
      expected.deletion.push(
        await plain(
          picture.map((v, i) => (changes(i) ? 0 : v)),
          1,
        ),
      );
      expected.insertion.push(
        await plain(
          picture.map((v, i) => (changes(i) ? v : (blur[i] as number))),
          1,
        ),
      );
    }
    expect(deviation(found.deletion, expected.deletion)).toBeLessThan(1e-5);
    expect(deviation(found.insertion, expected.insertion)).toBeLessThan(1e-5);
    await scorer.release();
  });

  it("hides groups one by one for SaCo, and from both ends for perturbation", async () => {
    const { one, size, image, ranks, batched } = await setting();
    const groups = 5;
    const range = { low: [-2, -1, -1.5], high: [2, 2, 2] };
    const scorer = await CurveScorer.create(await batched(4), runtime, { steps: 1, groups, range });
    const target = 1;
    const found = await scorer.run(image, target, ranks);
    await scorer.release();
    const plain = await plainScorer(one);
    const picture = [...(image.data as Float32Array)];
    const n = size ** 2;
    const channelOf = (i: number) => Math.floor(i / n);
    const means = range.low.map((_, c) => picture.slice(c * n, (c + 1) * n).reduce((sum, v) => sum + v, 0) / n);
    const without = (isHidden: (rank: number) => boolean, colors: readonly number[]) =>
      picture.map((v, i) => (isHidden(ranks[i % n] as number) ? (colors[channelOf(i)] as number) : v));
    const whole = await plain(picture, target);
    const effects: number[] = [];
    for (let k = 0; k < groups; k++) {
      const inGroup = (rank: number) => rank >= (k * n) / groups && rank < ((k + 1) * n) / groups;
      effects.push(whole - (await plain(without(inGroup, means), target)));
    }
    expect(found.effects).toHaveLength(groups);
    expect(deviation(found.effects, effects)).toBeLessThan(1e-4);
    const stays = { positive: [] as number[], negative: [] as number[] };
    const classes = Array.from({ length: one.classes }, (_, c) => c);
    const isFirst = async (pixels: number[]) => {
      const scores = await Promise.all(classes.map((c) => plain(pixels, c)));
      return scores.indexOf(Math.max(...scores)) === target ? 1 : 0;
    };
    for (let tenth = 1; tenth < 10; tenth++) {
      stays.positive.push(await isFirst(without((rank) => rank < (tenth * n) / 10, range.low)));
      stays.negative.push(await isFirst(without((rank) => rank >= n - (tenth * n) / 10, range.low)));
    }
    expect([...(found.stays?.positive ?? [])]).toEqual(stays.positive);
    expect([...(found.stays?.negative ?? [])]).toEqual(stays.negative);
  });

  it("does not ask which class a value is", async () => {
    const { image, ranks, batched } = await setting();
    const combination = { kind: "difference", of: 0, other: 1 } as const;
    const scorer = await CurveScorer.create(await batched(4), runtime, { steps: 1, combination });
    expect((await scorer.run(image, 0, ranks)).stays).toBeUndefined();
    await scorer.release();
  });

  it("refuses a single group", async () => {
    const { batched } = await setting();
    await expect(CurveScorer.create(await batched(1), runtime, { groups: 1 })).rejects.toThrow(/groups 1: .*2 or more/);
  });

  it("ends where nothing, and all, has changed", async () => {
    const { image, one, ranks, batched } = await setting();
    const scorer = await CurveScorer.create(await batched(8), runtime);
    const { deletion, insertion } = await scorer.run(image, 2, ranks);
    const whole = await (await plainScorer(one))(image.data as Float32Array, 2);
    expect([deletion.length, insertion.length]).toEqual([33, 33]);
    expect(deletion[0]).toBeCloseTo(whole, 6);
    expect(insertion.at(-1)).toBeCloseTo(whole, 6);
    expect(deletion.at(-1)).toBeCloseTo(await (await plainScorer(one))(new Float32Array(image.data.length), 2), 6);
    await scorer.release();
  });
});
