import { expect, it } from "vitest";
import { instanceRecall } from "./instance-recall.js";

const { NaN: unseen } = Number;

// by its own extremes 1 and 5 in quarters: 0 1 2 3 4 0, and one pixel that the model did not see
const MAP = Float32Array.of(1, 2, 3, 4, 5, 1, unseen);

const instance = (...pixels: number[]) => Uint8Array.from(MAP, (_, i) => (pixels.includes(i) ? 1 : 0));

it.each([
  ["all of it", [2, 3, 4], 1],
  ["half of it", [1, 2], 1],
  ["less than half of it", [0, 1, 2], 0],
  ["a pixel at the threshold itself", [1], 0],
  ["half of what the model saw", [0, 3, 6], 1],
])("%s", (_, pixels, found) => {
  expect(instanceRecall(MAP, [instance(...pixels)])).toBe(found);
});

it("counts the instances in view", () => {
  const instances = [instance(3, 4), instance(0, 5), instance(4), instance(0), instance(6), instance()];
  expect(instanceRecall(MAP, instances)).toBe(2 / 4);
  expect(instanceRecall(MAP, [instance(6)])).toBeNaN();
  expect(instanceRecall(MAP, [])).toBeNaN();
});

it("finds nothing by a constant map", () => {
  expect(instanceRecall(new Float32Array(7).fill(2), [instance(0, 1)])).toBe(0);
});
