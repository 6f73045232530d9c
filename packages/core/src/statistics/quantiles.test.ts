import { expect, it } from "vitest";
import { golden } from "../testing/statistics-golden.js";
import { fiveNumbers, quantile } from "./quantiles.js";

it.each(golden.quantiles)("of $values.length values: what numpy says", ({ values, quartiles }) => {
  const { n, lowest, lowerQuartile, median, upperQuartile, highest } = fiveNumbers(Float64Array.from(values));
  expect(n).toBe(values.length);
  [lowest, lowerQuartile, median, upperQuartile, highest].forEach((q, i) => {
    expect(q).toBeCloseTo(quartiles[i] as number, 12);
  });
});

it("lie on the line between neighbors", () => {
  // at 0.1 * 3 = 0.3 of the way from the first to the second
  expect(quantile(Float64Array.of(0, 10, 20, 30), 0.1)).toBeCloseTo(3, 12);
});

it("leave NaN out, and the values in their order", () => {
  const values = Float64Array.of(3, Number.NaN, 1, 2);
  expect(fiveNumbers(values)).toEqual({
    n: 3,
    lowest: 1,
    lowerQuartile: 1.5,
    median: 2,
    upperQuartile: 2.5,
    highest: 3,
  });
  expect(values[0]).toBe(3);
});

it("are NaN where there is nothing", () => {
  const { n, ...numbers } = fiveNumbers(Float64Array.of(Number.NaN));
  expect(n).toBe(0);
  expect(Object.values(numbers)).toEqual(Array(5).fill(Number.NaN));
});
