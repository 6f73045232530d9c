import { describe, expect, it } from "vitest";
import { classifierOf, noise, runtime } from "../testing/explaining.js";
import { batchedOf } from "../testing/iterated.js";
import { residual } from "../testing/networks.js";
import { plainScorer } from "../testing/plain-scores.js";
import { blankPicture, masksInOrder, PictureHider } from "./hiding.js";

describe("PictureHider", () => {
  it.each([1, 2])("is its definition, %i pictures a run", async (batch) => {
    const one = await classifierOf(residual());
    const image = noise(one.image.dims);
    const blank = noise(one.image.dims, "blank");
    const hider = await PictureHider.create(batch === 1 ? one : await batchedOf(residual(), one, batch), runtime);
    const pixels = hider.size[0] * hider.size[1];
    const masks = Float32Array.from({ length: 3 * pixels }, (_, i) =>
      i < pixels ? 0 : i < 2 * pixels ? 1 : (i % 7) / 6,
    );
    const runs: number[] = [];
    const scores = await hider.classify(image, blank, masks, (some) => runs.push(some.length));
    await hider.release();
    expect(runs).toEqual(batch === 1 ? [1, 2, 3] : [2, 3]);
    const plain = await plainScorer(one);
    for (let k = 0; k < 3; k++) {
      const mixed = [...(image.data as Float32Array)].map((v, i) => {
        const m = masks[k * pixels + (i % pixels)] as number;
        return v + m * ((blank.data as Float32Array)[i] as number) - m * v;
      });
      expect(scores[k]?.probabilities[1]).toBeCloseTo(await plain(mixed, 1), 4);
    }
  });
});

describe("masksInOrder", () => {
  it("hides the largest values first, and as many of them as the part says", async () => {
    const map = { width: 3, height: 2, data: Float32Array.of(0.5, -1, 3, 2, 0.5, 0) };
    const parts = [
      { from: 0, to: 0 },
      { from: 0, to: 0.5 },
      { from: 0.5, to: 1 },
    ];
    const masks = await masksInOrder(map, [2, 3], parts, runtime);
    expect([...masks]).toEqual([0, 0, 0, 0, 0, 0, 1, 0, 1, 1, 0, 0, 0, 1, 0, 0, 1, 1]);
  });

  it("has a random order of its own for each seed", async () => {
    const half = [{ from: 0, to: 0.5 }];
    const [a, again, b] = await Promise.all([0, 0, 1].map((seed) => masksInOrder(seed, [8, 8], half, runtime)));
    expect(a).toEqual(again);
    expect(a).not.toEqual(b);
    expect(a?.reduce((sum, v) => sum + v)).toBe(32);
  });
});

it("blankPicture is the mean color, or the picture blurred", async () => {
  const image = noise([1, 3, 8, 8]);
  const values = image.data as Float32Array;
  const mean = (await blankPicture(image, "mean", runtime)).data as Float32Array;
  expect(mean[0]).toBeCloseTo(values.subarray(0, 64).reduce((sum, v) => sum + v) / 64, 5);
  const blurred = (await blankPicture(image, "blur", runtime)).data as Float32Array;
  expect(blurred).toHaveLength(values.length);
  expect(blurred).not.toEqual(values);
});
