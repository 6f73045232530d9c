import { describe, expect, it } from "vitest";
import { channelAxisOf } from "../channel-axis.js";
import { compile } from "../compile/compile.js";
import type { CompiledMap } from "../compile/compiled-map.js";
import { sizeOf } from "../graph/tensor.js";
import { pictureSize } from "../methods/samples.js";
import { classifierOf, explainOnce, noise, runtime } from "../testing/explaining.js";
import { batchedOf, deviation } from "../testing/iterated.js";
import { channelsLast, multiLabel, residual } from "../testing/networks.js";
import { plainScorer } from "../testing/plain-scores.js";
import { MaskedScores, type MaskingOptions } from "./masked-scores.js";

const RANGE = { low: [-2, -1, -1.5], high: [2, 2, 2] };

/** Bilinear by areas, in plain loops. */
function enlarged(map: readonly number[], [h, w]: readonly number[], [H, W]: readonly number[]): number[] {
  const place = (i: number, to: number, from: number) => Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1);
  return Array.from({ length: (H as number) * (W as number) }, (_, i) => {
    const y = place(Math.floor(i / (W as number)), H as number, h as number);
    const x = place(i % (W as number), W as number, w as number);
    const [top, left] = [Math.floor(y), Math.floor(x)];
    const at = (r: number, c: number) =>
      map[Math.min(r, (h as number) - 1) * (w as number) + Math.min(c, (w as number) - 1)] as number;
    const row = (r: number) => at(r, left) * (1 - x + left) + at(r, left + 1) * (x - left);
    return row(top) * (1 - y + top) + row(top + 1) * (y - top);
  });
}

function scaled(values: readonly number[]): number[] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return values.map((v) => (high > low ? (v - low) / (high - low) : 0));
}

const METHODS = [{ method: "grad-cam" }, { method: "lrp", options: { reduce: "none" } }];
const TARGETS = [1, 0];

/**
 * What `MaskedScores` gives for two pictures and two methods, and the same by plain loops.
 * @param pictures how many are masked in a run
 * @param batch of the classifier
 */
async function both(make: () => Uint8Array, options: MaskingOptions, pictures = 2, batch = 2 * pictures) {
  const one = await classifierOf(make());
  const pair = await batchedOf(make(), one, TARGETS.length);
  const { maps: requests } = compile(pair, METHODS);
  const image = noise(pair.image.dims);
  const explanations = await explainOnce(pair, METHODS, image, TARGETS);
  const raw = requests.map((_, k) => explanations.map(({ maps }) => [...(maps[k]?.values ?? [])]));

  const loaded = await batchedOf(make(), one, batch);
  const scorer = await MaskedScores.create(loaded, requests, pictures, runtime, { ranks: true, ...options });
  const found = await scorer.run(
    image,
    TARGETS,
    raw.map((maps) => Float32Array.from(maps.flat())),
  );
  await scorer.release();

  const plain = await plainScorer(one);
  const axis = channelAxisOf(one.image);
  const size = pictureSize(one.image, axis);
  const pixels = sizeOf(size);
  /** Of the value at a position of an image, or of a map that keeps channels. */
  const pixelOf = (i: number) => (axis === 1 ? i % pixels : Math.floor(i / 3));
  const channelOf = (i: number) => (axis === 1 ? Math.floor(i / pixels) : i % 3);

  const twin = async (values: readonly number[], { shape, signed }: CompiledMap, n: number) => {
    let grid = [...values];
    if (shape.length === 4) {
      grid = new Array<number>(pixels).fill(0);
      values.forEach((v, i) => {
        grid[pixelOf(i)] = (grid[pixelOf(i)] as number) + v;
      });
    }
    const from = shape.length === 4 ? size : shape.slice(1);
    const whole = enlarged(grid, from, size);
    if (signed && options.signed !== "min-max") grid = grid.map((v) => Math.max(0, v));
    const placed = enlarged(grid, from, size);
    const mask = options.keepTop === undefined ? scaled(placed) : topOf(placed, options.keepTop);
    const picture = [...(image.data as Float32Array)].slice(n * 3 * pixels, (n + 1) * 3 * pixels);
    const colors = [0, 1, 2].map((c) => {
      if (options.blank === "zero") return 0;
      if (options.blank !== "mean") return RANGE.low[c] as number;
      return picture.reduce((sum, v, i) => sum + (channelOf(i) === c ? v : 0), 0) / pixels;
    });
    const masked = picture.map((v, i) => {
      const blank = colors[channelOf(i)] as number;
      return blank + (mask[pixelOf(i)] as number) * (v - blank);
    });
    return { placed, values: whole, score: await plain(masked, TARGETS[n] as number) };
  };
  const expected = await Promise.all(
    TARGETS.map((_, n) => Promise.all(requests.map((map, k) => twin(raw[k]?.[n] ?? [], map, n)))),
  );
  return { found, expected };
}

function topOf(values: readonly number[], share: number): number[] {
  const order = [...values.keys()].sort((a, b) => (values[b] as number) - (values[a] as number) || a - b);
  const mask = new Array<number>(values.length).fill(0);
  for (const i of order.slice(0, Math.ceil(share * values.length))) mask[i] = 1;
  return mask;
}

describe("MaskedScores", () => {
  it.each([
    ["black", residual, { range: RANGE }],
    ["zero", residual, { blank: "zero" }],
    ["mean color", residual, { blank: "mean" }],
    ["signed maps from lowest to highest", residual, { signed: "min-max", range: RANGE }],
    ["the top tenth", residual, { keepTop: 0.1, range: RANGE }],
    ["channels last", channelsLast, { range: RANGE }],
    ["sigmoid", multiLabel, { range: RANGE }],
  ] as [string, () => Uint8Array, MaskingOptions][])("is its definition: %s", async (_, make, options) => {
    const { found, expected } = await both(make, options);
    expect(found).toHaveLength(TARGETS.length);
    expected.flat().forEach(({ score, placed, values }, i) => {
      const map = found.flat()[i];
      expect(deviation(map?.values ?? [], values)).toBeLessThan(1e-5);
      expect(deviation(map?.placed ?? [], placed)).toBeLessThan(1e-5);
      expect(map?.score).toBeCloseTo(score, 5);
    });
  });

  it.each([
    ["picture by picture", 1, 2],
    ["in copies of a smaller batch", 2, 1],
  ])("is the same %s", async (_, pictures, batch) => {
    const options = { range: RANGE, ranks: true };
    const [whole, other] = [await both(residual, options), await both(residual, options, pictures, batch)];
    whole.found.flat().forEach(({ placed, ranks, score }, i) => {
      const map = other.found.flat()[i];
      expect(deviation(map?.placed ?? [], placed)).toBeLessThan(1e-6);
      expect(map?.ranks).toEqual(ranks);
      expect(map?.score).toBeCloseTo(score, 5);
    });
  });

  it("ranks pixels from the largest value on, also below 0, equal ones in reading order", async () => {
    const { found } = await both(residual, { range: RANGE });
    expect(found.flat().some(({ values }) => values.some((v) => v < 0))).toBe(true);
    for (const { values, ranks } of found.flat()) {
      const order = [...values.keys()].sort((a, b) => (values[b] as number) - (values[a] as number) || a - b);
      expect(order.map((i) => ranks[i])).toEqual([...order.keys()]);
    }
  });

  it("hides everything where a map is constant", async () => {
    const one = await classifierOf(residual());
    const compiled = compile(one, [{ method: "grad-cam" }]);
    const scorer = await MaskedScores.create(one, compiled.maps, 1, runtime, { range: RANGE });
    const image = noise(one.image.dims);
    const flat = new Float32Array(sizeOf(compiled.maps[0]?.shape ?? [])).fill(3);
    const [[found] = []] = await scorer.run(image, [1], [flat]);
    const pixels = image.data.length / 3;
    const black = Float32Array.from(image.data as Float32Array, (_, i) => RANGE.low[Math.floor(i / pixels)] as number);
    const expected = await (await plainScorer(one))(black, 1);
    expect(found?.score).toBeCloseTo(expected, 6);
  });

  it("refuses a share of pixels that is none", async () => {
    const one = await classifierOf(residual());
    const { maps } = compile(one, [{ method: "grad-cam" }]);
    await expect(MaskedScores.create(one, maps, 1, runtime, { keepTop: 0 })).rejects.toThrow(/keepTop 0: .*above 0/);
  });
});
