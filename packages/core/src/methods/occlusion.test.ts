import { describe, expect, it } from "vitest";
import { classifierOf, imageOf, noise } from "../testing/explaining.js";
import { mapOf, weighing } from "../testing/iterated.js";
import { channelsLast } from "../testing/networks.js";

const request = (options: Record<string, unknown> = {}) => ({ method: "occlusion", options });

describe("occlusion", () => {
  it("is weight times pixel where a window is one pixel and the score is linear", async () => {
    const x = imageOf([1, 1, 2, 3], [1, 2, 3, 4, 5, 6]);
    const model = weighing(2, 3, [1, 0, -1, 2, 0, 1]);
    const { values } = await mapOf(model, request({ window: 1, stride: 1 }), x, { target: 0 });
    expect([...values]).toEqual([1, 0, -3, 8, 0, 6]);
  });

  it("averages over the windows that cover a pixel, the last of which lies at the border", async () => {
    // windows of 2 at 0, 2 and 3 of a row of 5: they take 3, 7 and 9 away
    const x = imageOf([1, 1, 2, 5], [1, 2, 3, 4, 5, 0, 0, 0, 0, 0]);
    const model = weighing(2, 5, new Array(10).fill(1));
    const { values } = await mapOf(model, request({ window: 2, stride: 2 }), x, { target: 0 });
    expect([...values]).toEqual([3, 3, 7, 8, 9, 3, 3, 7, 8, 9]);
  });

  it("hides behind the picture's mean color if asked", async () => {
    const x = imageOf([1, 1, 1, 4], [1, 2, 3, 6]);
    const flat = request({ window: 1, stride: 1, baseline: "mean" });
    const { values } = await mapOf(weighing(1, 4, [1, 1, 1, 1]), flat, x, { target: 0 });
    expect([...values]).toEqual([-2, -1, 0, 3]);
  });

  it("compares probabilities if asked", async () => {
    const x = imageOf([1, 1, 1, 2], [1, 0]);
    const options = { window: 1, stride: 1, score: "probability" };
    const { values } = await mapOf(weighing(1, 2, [2, 0]), request(options), x, { target: 0 });
    expect(values[0]).toBeCloseTo(1 / (1 + Math.exp(-2)) - 0.5, 5);
    expect(values[1]).toBeCloseTo(0, 6);
  });

  it("leaves pixels that no window covers at 0, and takes windows larger than the picture", async () => {
    const x = imageOf([1, 1, 1, 4], [1, 1, 1, 1]);
    const model = weighing(1, 4, [1, 1, 1, 1]);
    const sparse = await mapOf(model, request({ window: 1, stride: 3 }), x, { target: 0 });
    expect([...sparse.values]).toEqual([1, 0, 0, 1]);
    const whole = await mapOf(model, request({ window: 9 }), x, { target: 0 });
    expect([...whole.values]).toEqual([4, 4, 4, 4]);
  });

  it("takes pictures with their channels last", async () => {
    const { image } = await classifierOf(channelsLast());
    const { shape, values } = await mapOf(channelsLast(), request(), noise(image.dims));
    expect(shape).toEqual([16, 16]);
    expect(values.some((v) => v !== 0)).toBe(true);
  });
});
