import { describe, expect, it } from "vitest";
import type { LoadOptions } from "../classifier.js";
import type { Combination } from "../methods/method.js";
import { classifierOf, imageOf, runtime } from "../testing/explaining.js";
import { weighing } from "../testing/iterated.js";
import { NetworkWriter } from "../testing/networks.js";
import { Measurer } from "./measurer.js";

it("predicts the class that it explains, also where probabilities are all 1", async () => {
  const net = new NetworkWriter("saturated", [1, 3, 4, 4]);
  const pooled = net.flatten("flatten", net.globalPool("pool", net.image));
  const W = net.constant("W", [3, 3], [30, 60, 45, 0, 0, 0, 0, 0, 0]);
  const bytes = net.bytes(net.node("Sigmoid", "sigmoid", [net.node("MatMul", "fc", [pooled, W])]));
  const measurer = await Measurer.create(() => classifierOf(bytes), { batch: 1, step: 1 }, runtime, { maps: [] });
  const image = imageOf([1, 3, 4, 4], new Float32Array(48).fill(1));
  const [measured] = await measurer.measure(image, [{ target: -1, objects: undefined }]);
  await measurer.release();
  expect([...(measured?.probabilities ?? [])]).toEqual([1, 1, 1]);
  expect(measured).toMatchObject({ target: 1, predicted: 1, runnerUp: 2 });
});

const shape = [1, 1, 4, 4];
const weights = Array.from({ length: 16 }, (_, i) => (i < 8 ? 1 : -0.5));
const image = imageOf(shape, new Float32Array(16).fill(1));

async function measured(bytes: Uint8Array, options: LoadOptions, combination?: Combination) {
  const load = (pictures: number) => classifierOf(bytes, { ...options, inputShape: [pictures, ...shape.slice(1)] });
  const measurer = await Measurer.create(load, { batch: 1, step: 4 }, runtime, {
    maps: [{ method: "input-x-gradient" }],
    combination,
    curves: { steps: 2, insertionBlank: "zero" },
  });
  const object = { classes: [0], mask: new Uint8Array(16).fill(1, 0, 8), box: new Uint8Array(16).fill(1, 0, 8) };
  const [picture] = await measurer.measure(image, [{ target: -1, objects: [object] }]);
  await measurer.release();
  return picture?.maps[0]?.measures;
}

describe("what is no probability", () => {
  it.each<[string, Combination | undefined, { deletion: number; insertion: number; pointing: number }]>([
    // by halves of the picture: 4 of 8 - 4, then -4 without the first half, then 0
    ["a regression, up", undefined, { deletion: -1, insertion: 5, pointing: 1 }],
    ["a regression, down", { kind: "against", of: 0 }, { deletion: -5, insertion: 1, pointing: 0 }],
  ])("is measured by its value, without drops: %s", async (_, combination, { pointing, ...curves }) => {
    const net = new NetworkWriter("value", shape);
    const w = net.constant("w", [1, 16], weights);
    const bytes = net.bytes(net.node("Gemm", "fc", [net.flatten("flatten", net.image), w], { transB: 1 }));
    const found = await measured(bytes, { names: 0 }, combination);
    expect(found).toMatchObject({ ...curves, pointing });
    expect(Object.keys(found ?? {})).not.toContain("averageDrop");
    expect(Object.keys(found ?? {})).not.toContain("increaseInConfidence");
  });

  it("is measured by its value for a combination, and by drops if it is a probability", async () => {
    const bytes = weighing(4, 4, weights);
    const difference = await measured(bytes, {}, { kind: "difference", of: 0, other: 1 });
    // the second logit is 0
    expect(difference).toMatchObject({ deletion: -1, insertion: 5 });
    expect(difference?.averageDrop).toBeUndefined();
    const [ofClass, ofProbability] = [
      await measured(bytes, {}),
      await measured(bytes, {}, { kind: "probability", of: 0 }),
    ];
    expect(ofProbability?.averageDrop).toBeGreaterThanOrEqual(0);
    expect(Object.keys(ofProbability ?? {})).toEqual(Object.keys(ofClass ?? {}));
    expect(ofProbability?.deletion).toBeCloseTo(ofClass?.deletion as number, 5);
  });
});

it("measures a random map of each picture next to the others", async () => {
  const bytes = weighing(4, 4, weights);
  const load = (pictures: number) => classifierOf(bytes, { inputShape: [pictures, ...shape.slice(1)] });
  const measurer = await Measurer.create(load, { batch: 2, step: 4 }, runtime, {
    maps: [{ method: "input-x-gradient" }],
    curves: { steps: 2, groups: 8 },
    random: 7,
  });
  // hidden pixels become the mean color, 0: a group's effect is the sum of its map
  const both = imageOf(
    [2, ...shape.slice(1)],
    Array.from({ length: 32 }, (_, i) => (i % 2 === 0 ? 1 : -1)),
  );
  const told = (index: number) => ({ target: 0, index, objects: undefined });
  const [first, second] = await measurer.measure(both, [told(0), told(1)]);
  const [again] = await measurer.measure(both, [told(1)]);
  await measurer.release();
  expect(Object.keys(first?.random ?? {})).toEqual(Object.keys(first?.maps[0]?.measures ?? {}));
  expect(first?.maps[0]?.measures.saco).toBe(1);
  expect(first?.random?.saco).toBeLessThan(1);
  expect(second?.random?.saco).not.toBe(first?.random?.saco);
  expect(again?.random).toEqual(second?.random);
});
