import { expect, it } from "vitest";
import { randomNumbers } from "../testing/random.js";
import { segmentationOf } from "./segmentation.js";

it("tells the object by the mean", () => {
  // the mean is 3
  const map = Float32Array.of(9, 5, 1, 0, 0);
  const object = Uint8Array.of(1, 0, 1, 0, 0);
  const { pixelAccuracy, meanIou } = segmentationOf(map, object);
  expect(pixelAccuracy).toBeCloseTo(3 / 5, 12);
  // the object: 1 of 3; the rest: 2 of 4
  expect(meanIou).toBeCloseTo((1 / 3 + 2 / 4) / 2, 12);
});

it("is perfect for the object itself, and worst for its opposite", () => {
  const object = Uint8Array.of(0, 1, 1, 0, 0, 0);
  const perfect = { pixelAccuracy: 1, meanIou: 1, averagePrecision: 1 };
  expect(segmentationOf(Float32Array.from(object), object)).toEqual(perfect);
  const opposite = segmentationOf(
    Float32Array.from(object, (v) => 1 - v),
    object,
  );
  expect(opposite).toMatchObject({ pixelAccuracy: 0, meanIou: 0 });
  // all wrong answers have a score of 1, before any right one
  expect(opposite.averagePrecision).toBeCloseTo(1 / 2, 12);
});

it("leaves out what the model did not see, and marks nothing by a constant map", () => {
  const { NaN: unseen } = Number;
  expect(segmentationOf(Float32Array.of(1, unseen, 0), Uint8Array.of(1, 1, 0)).pixelAccuracy).toBe(1);
  const constant = segmentationOf(new Float32Array(4).fill(2), Uint8Array.of(1, 0, 0, 0));
  expect(constant).toMatchObject({ pixelAccuracy: 3 / 4, meanIou: 3 / 8 });
});

it("averagePrecision is the area under precision by recall, threshold by threshold", () => {
  const random = randomNumbers("precision");
  // with equal values
  const map = Float32Array.from({ length: 40 }, () => Math.round(8 * random()) / 8);
  const object = Uint8Array.from(map, (v) => (v + random() > 1 ? 1 : 0));
  const [low, high] = [Math.min(...map), Math.max(...map)];
  const m = [...map].map((v) => (v - low) / (high - low));
  const answers = m.flatMap((v, i) => [
    { score: v, right: object[i] === 1 },
    { score: 1 - v, right: object[i] === 0 },
  ]);
  const thresholds = [...new Set(answers.map(({ score }) => score))].sort((a, b) => b - a);
  let [area, before] = [0, 0];
  for (const t of thresholds) {
    const found = answers.filter(({ score }) => score >= t);
    const right = found.filter((answer) => answer.right).length;
    area += (right / 40 - before) * (right / found.length);
    before = right / 40;
  }
  expect(segmentationOf(map, object).averagePrecision).toBeCloseTo(area, 12);
});
