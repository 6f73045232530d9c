import { describe, expect, it } from "vitest";
import { randomized, weightedLayers } from "../check/randomization.js";
import { rankCorrelation } from "../metrics/similarity.js";
import { classifierOf, mapsOf, noise, runtime } from "../testing/explaining.js";
import { residual } from "../testing/networks.js";
import { SanityCheck, sanityLevels } from "./sanity.js";

const load = (batch: number) => classifierOf(residual({ batch }));
const maps = [{ method: "saliency" }, { method: "input-x-gradient" }];

describe("sanityLevels", () => {
  it("go from the logits down to the first layer", async () => {
    const classifier = await load(1);
    const names = weightedLayers(classifier);
    const levels = sanityLevels(classifier);
    expect(levels[0]).toEqual({ layers: 1, name: names[0] });
    expect(levels.at(-1)).toEqual({ layers: names.length, name: names.at(-1) });
  });
});

describe("SanityCheck", () => {
  it("correlates the maps of both networks, of the pictures that count", async () => {
    const [first, second] = [noise([1, 3, 32, 32], "a"), noise([1, 3, 32, 32], "b")];
    const classifier = await classifierOf(residual());
    const random = await randomized(classifier, runtime, { layers: 2, seed: 5 });
    const expected = await Promise.all(
      maps.map((request) =>
        Promise.all(
          [first, second].map(async (image) => {
            const [before] = await mapsOf(classifier, [request], image, 1);
            const [after] = await mapsOf(random, [request], image, 1);
            return rankCorrelation(before?.values ?? [], after?.values ?? []);
          }),
        ),
      ),
    );

    const check = await SanityCheck.create(load, { batch: 2, step: 1 }, runtime, { maps, seed: 5 });
    const data = Float32Array.from([...(first.data as Float32Array), ...(second.data as Float32Array)]);
    const both = { dtype: "float32", dims: [2, 3, 32, 32], data } as const;
    const batches = [await check.explain(both, [1, 1]), await check.explain(both, [1])];
    const found = await check.similarities({ layers: 2, name: "" }, batches);
    found.forEach((values, k) => {
      const [a, b] = expected[k] as [number, number];
      expect(values).toHaveLength(3);
      for (const [i, value] of [a, b, a].entries()) expect(values[i]).toBeCloseTo(value, 3);
      expect(Math.max(...values.map(Math.abs))).toBeLessThan(1);
    });
    await check.release();
  });
});
