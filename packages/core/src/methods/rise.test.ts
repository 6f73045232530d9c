import { describe, expect, it } from "vitest";
import { classifierOf, imageOf, noise } from "../testing/explaining.js";
import { deviation, mapOf, weighing } from "../testing/iterated.js";
import { channelsLast } from "../testing/networks.js";

// no peer: none of those in fixtures/methods has RISE, and its masks are drawn at random

const request = (options: Record<string, unknown>) => ({ method: "rise", options });
const ones = (height: number, width: number) => imageOf([1, 1, height, width], new Array(height * width).fill(1));

describe("rise", () => {
  it("finds the one region that matters", async () => {
    const [height, width] = [24, 32];
    const inside = (i: number) =>
      Math.floor(i / width) >= 4 && Math.floor(i / width) < 10 && i % width >= 18 && i % width < 26;
    const weights = Array.from({ length: height * width }, (_, i) => (inside(i) ? 0.1 : 0));
    const model = weighing(height, width, weights);
    const { values, shape } = await mapOf(model, request({ masks: 3000 }), ones(height, width), { target: 0 });
    expect(shape).toEqual([height, width]);
    expect(inside(values.indexOf(Math.max(...values)))).toBe(true);
    const mean = (wanted: boolean) => {
      const chosen = [...values].filter((_, i) => inside(i) === wanted);
      return chosen.reduce((sum, v) => sum + v, 0) / chosen.length;
    };
    expect(mean(true)).toBeGreaterThan(1.03 * mean(false));
  });

  it("is flat where nothing matters: a half, which is the probability of one of two classes", async () => {
    const model = weighing(16, 16, new Array(256).fill(0));
    const { values } = await mapOf(model, request({ masks: 2000 }), ones(16, 16), { target: 0 });
    for (const v of values) expect(Math.abs(v - 0.5)).toBeLessThan(0.05);
  });

  it("is the probability itself where the masks show everything", async () => {
    const model = weighing(8, 8, new Array(64).fill(0.01));
    const { values } = await mapOf(model, request({ masks: 5, probability: 1 }), ones(8, 8), { target: 0 });
    // softmax of [0.64, 0]
    for (const v of values) expect(v).toBeCloseTo(1 / (1 + Math.exp(-0.64)), 5);
  });

  it("gives the same map for a seed, another for another, and takes channels last", async () => {
    const { image } = await classifierOf(channelsLast());
    const x = noise(image.dims);
    const of = async (seed: number) => (await mapOf(channelsLast(), request({ masks: 30, seed }), x)).values;
    expect(await of(7)).toEqual(await of(7));
    expect(deviation(await of(8), await of(7))).toBeGreaterThan(0.01);
  });
});
