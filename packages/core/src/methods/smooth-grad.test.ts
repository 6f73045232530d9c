import { describe, expect, it } from "vitest";
import { classifierOf, imageOf, mapsOf, noise } from "../testing/explaining.js";
import { batchedOf, deviation, mapOf, weighing } from "../testing/iterated.js";
import { channelsLast, residual } from "../testing/networks.js";

const request = (options: Record<string, unknown> = {}) => ({
  method: "smooth-grad",
  options: { samples: 10, ...options },
});

describe("smooth-grad", () => {
  it("is the gradient where the score is linear, and without noise", async () => {
    const x = imageOf([1, 1, 2, 2], [1, 2, 3, 4]);
    const { values } = await mapOf(weighing(2, 2, [5, -6, 7, 0]), request({ reduce: "signed" }), x, { target: 0 });
    [5, -6, 7, 0].forEach((w, i) => {
      expect(values[i]).toBeCloseTo(w, 4);
    });
    const classifier = await classifierOf(residual());
    const image = noise(classifier.image.dims);
    const [saliency] = await mapsOf(classifier, ["saliency"], image);
    const quiet = await mapOf(residual(), request({ noise: 0 }), image);
    expect(deviation(quiet.values, saliency?.values ?? [])).toBeLessThan(1e-5);
  });

  it("gives the same map for a seed, whatever the batch, and another one for another", async () => {
    const classifier = await classifierOf(residual());
    const image = noise(classifier.image.dims);
    const first = await mapOf(residual(), request(), image);
    expect((await mapOf(residual(), request(), image)).values).toEqual(first.values);
    const batched = await batchedOf(residual(), classifier, 3);
    expect(deviation((await mapOf(residual(), request(), image, { batched })).values, first.values)).toBeLessThan(1e-5);
    const other = await mapOf(residual(), request({ seed: 1 }), image);
    expect(deviation(other.values, first.values)).toBeGreaterThan(0.01);
  });

  it("averages squares if asked", async () => {
    const x = imageOf([1, 1, 1, 2], [1, 2]);
    const squared = request({ squared: true, reduce: "signed" });
    const { values, request: compiled } = await mapOf(weighing(1, 2, [5, -6]), squared, x, { target: 0 });
    expect([...values].map(Math.round)).toEqual([25, 36]);
    expect(compiled.signed).toBe(false);
  });

  it("takes pictures with their channels last", async () => {
    const { image } = await classifierOf(channelsLast());
    expect((await mapOf(channelsLast(), request(), noise(image.dims))).shape).toEqual([16, 16]);
  });
});
