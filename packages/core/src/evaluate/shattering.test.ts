import { describe, expect, it } from "vitest";
import { layersOf } from "../layers.js";
import { classifierOf, mapsOf, noise, runtime } from "../testing/explaining.js";
import { weighing } from "../testing/iterated.js";
import { channelsLast, residual } from "../testing/networks.js";
import { GradientShattering } from "./shattering.js";

/** @param gradient [K, h, w] */
function correlation(gradient: ArrayLike<number>, [K = 0, h = 0, w = 0]: readonly number[]): number {
  const pairs: [number, number][] = [];
  const at = (k: number, y: number, x: number) => gradient[(k * h + y) * w + x] as number;
  for (let k = 0; k < K; k++)
    for (let y = 0; y < h; y++)
      for (let x = 0; x < w; x++) {
        if (x + 1 < w) pairs.push([at(k, y, x), at(k, y, x + 1)]);
        if (y + 1 < h) pairs.push([at(k, y, x), at(k, y + 1, x)]);
      }
  const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
  const [a, b] = [mean(pairs.map(([v]) => v)), mean(pairs.map(([, v]) => v))];
  const covariance = mean(pairs.map(([u, v]) => (u - a) * (v - b)));
  return covariance / Math.sqrt(mean(pairs.map(([v]) => (v - a) ** 2)) * mean(pairs.map(([, v]) => (v - b) ** 2)));
}

describe("GradientShattering", () => {
  it("is the correlation of neighbors, at the image and at every stage", async () => {
    const classifier = await classifierOf(residual());
    const image = noise(classifier.image.dims);
    const shattering = await GradientShattering.create(classifier, runtime);
    const found = await shattering.run(image, [1]);
    const stages = layersOf(classifier).flatMap(({ stage }) => stage ?? []);
    expect(shattering.stages.map(({ name }) => name)).toEqual(["image", ...stages]);
    const [gradient] = await mapsOf(classifier, [{ method: "saliency", options: { reduce: "none" } }], image, 1);
    expect(found[0]?.[0]).toBeCloseTo(correlation(gradient?.values ?? [], image.dims.slice(1)), 4);
    for (const values of found) expect(Math.abs(values[0] as number)).toBeLessThanOrEqual(1);
    await shattering.release();
  });

  it("knows the correlation of a plain gradient", async () => {
    // the score is a weighted sum of pixels: its gradient is the weights
    const weights = [1, 2, 3, 4, 6, 5];
    const classifier = await classifierOf(weighing(2, 3, weights));
    const shattering = await GradientShattering.create(classifier, runtime);
    const [image] = await shattering.run(noise(classifier.image.dims), [0]);
    const [channels = 1] = classifier.image.dims.slice(1);
    const gradient = Array.from({ length: channels }, () => weights).flat();
    expect(image?.[0]).toBeCloseTo(correlation(gradient, classifier.image.dims.slice(1)), 5);
    await shattering.release();
  });

  it("takes images whose channels come last", async () => {
    const classifier = await classifierOf(channelsLast());
    const shattering = await GradientShattering.create(classifier, runtime);
    const found = await shattering.run(noise(classifier.image.dims), [0]);
    for (const values of found) expect(Math.abs(values[0] as number)).toBeLessThanOrEqual(1);
    await shattering.release();
  });
});
