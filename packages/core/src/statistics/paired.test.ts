import { expect, it } from "vitest";
import { bootstrapMeans } from "./bootstrap.js";
import { comparePairs } from "./paired.js";
import { signedRankTest } from "./wilcoxon.js";

const { NaN: unknown } = Number;

it("tests the differences, and estimates their mean, over the items that both have", () => {
  const first = Float64Array.of(5, 7, 1, unknown, 4, 9);
  const second = Float64Array.of(3, 8, 1, 2, unknown, 5);
  const differences = Float64Array.of(2, -1, 0, unknown, unknown, 4);
  const [comparison, reverse] = comparePairs([
    { first, second },
    { first: second, second: first },
  ]);
  expect(comparison).toEqual({
    difference: bootstrapMeans([differences])[0],
    test: signedRankTest(differences),
  });
  expect(comparison?.difference).toMatchObject({ mean: 5 / 4, n: 4 });
  expect(comparison?.test).toEqual({ n: 3, positiveRanks: 5, p: 0.5, exact: true });
  expect(reverse?.difference.mean).toBe(-5 / 4);
  expect(reverse?.test.p).toBe(comparison?.test.p);
});

it("finds no difference of a method to itself", () => {
  const column = Float64Array.of(1, 2, 3);
  const [comparison] = comparePairs([{ first: column, second: column }]);
  expect(comparison).toEqual({
    difference: { mean: 0, low: 0, high: 0, n: 3 },
    test: { n: 0, positiveRanks: 0, p: 1, exact: true },
  });
});

it("refuses a pair of different items", () => {
  expect(() => comparePairs([{ first: new Float64Array(2), second: new Float64Array(3) }])).toThrow(
    /a pair has 2 and 3 values/,
  );
});
