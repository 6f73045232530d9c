import { expect, it } from "vitest";
import { areaUnderCurve } from "./deletion-insertion.js";

it.each([
  ["a line", [1, 0], 1 / 2],
  ["a constant", [0.5, 0.5, 0.5, 0.5], 1 / 2],
  // trapezoids of width 1/4: 0.9, 0.6, 0.3, 0.1
  ["a curve", [1, 0.8, 0.4, 0.2, 0], 0.475],
])("%s", (_, probabilities, area) => {
  expect(areaUnderCurve(probabilities)).toBeCloseTo(area, 12);
});

it("is 1 less the area of what is missing", () => {
  const curve = Float32Array.of(0.25, 0.5, 0.125, 1);
  expect(areaUnderCurve(curve.map((p) => 1 - p))).toBeCloseTo(1 - areaUnderCurve(curve), 12);
});

it.each([[[1, Number.NaN, 0]], [[1]], [[]]])("is unknown of %j", (probabilities) => {
  expect(areaUnderCurve(probabilities)).toBeNaN();
});
