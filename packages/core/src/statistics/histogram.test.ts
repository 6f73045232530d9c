import { expect, it } from "vitest";
import { histogram } from "./histogram.js";

it("counts by lower edges, and the upper one in the last bin", () => {
  const values = Float64Array.of(0, 0.1, 0.25, 0.49, 0.5, 0.99, 1);
  expect(histogram(values, { low: 0, high: 1, bins: 4 })).toEqual({
    low: 0,
    high: 1,
    bins: 4,
    counts: Uint32Array.of(2, 2, 1, 2),
    below: 0,
    above: 0,
  });
});

it("says how many lie outside, and leaves NaN out", () => {
  const values = Float64Array.of(-3, 10, Number.NaN, 101, Number.POSITIVE_INFINITY);
  const { counts, below, above } = histogram(values, { low: 0, high: 100, bins: 2 });
  expect([below, [...counts], above]).toEqual([1, [1, 0], 2]);
});

it.each([
  [0, 1, 0],
  [0, 1, 1.5],
  [1, 1, 4],
  [2, 1, 4],
  [Number.NaN, 1, 4],
  [0, Number.POSITIVE_INFINITY, 4],
])("refuses bins from %d to %d, %d of them", (low, high, bins) => {
  expect(() => histogram(Float64Array.of(0), { low, high, bins })).toThrow(/give at least one bin/);
});
