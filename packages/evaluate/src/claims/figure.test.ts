import { bootstrapMeans, signedRankTest } from "@limn/core";
import { expect, it } from "vitest";
import { columnsOf, differenceFigure, meanFigure } from "./figure.js";
import { estimateInWords, expectationInWords, pInWords } from "./words.js";

const { NaN: unknown } = Number;
const columns = columnsOf([{ a: 3, b: 1 }, { a: 5 }, {}, { a: 2, b: 4 }]);

it("makes columns of rows", () => {
  expect(columns).toEqual(
    new Map([
      ["a", Float64Array.of(3, 5, unknown, 2)],
      ["b", Float64Array.of(1, unknown, unknown, 4)],
    ]),
  );
});

it("estimates means and differences over the pictures that have them", () => {
  expect(meanFigure(columns, "a", { what: "a" })).toEqual({
    what: "a",
    unit: "share",
    estimate: bootstrapMeans([Float64Array.of(3, 5, unknown, 2)])[0],
  });
  const difference = differenceFigure(columns, "a", "b", { what: "a less b", unit: "%" });
  expect(difference.estimate).toMatchObject({ mean: 0, n: 2 });
  expect(difference.p).toBe(signedRankTest(Float64Array.of(2, -2)).p);
  expect(meanFigure(columns, "c", { what: "c" }).estimate.n).toBe(0);
});

it.each([
  [{ mean: 0.12345, low: -0.1, high: 0.25, n: 9 }, "share", "0.123 [-0.100, 0.250]"],
  [{ mean: 12.345, low: -0.01, high: 25, n: 9 }, "%", "12.3 [-1e-2, 25.0] %"],
  [{ mean: 2, low: 1.5, high: 3, n: 9 }, "times", "2.00 [1.50, 3.00]"],
  [{ mean: 1.4e-7, low: 0, high: -1e-17, n: 9 }, "share", "1e-7 [0.000, 0.000]"],
  [{ mean: unknown, low: unknown, high: unknown, n: 0 }, "share", "-"],
] as const)("says %o in words", (estimate, unit, words) => {
  expect(estimateInWords({ what: "", estimate, unit })).toBe(words);
});

it("says what is claimed, and how probable chance is", () => {
  const estimate = { mean: 1, low: 1, high: 1, n: 9 };
  const figure = { what: "", estimate, unit: "share" } as const;
  expect(expectationInWords({ ...figure, claimed: { side: "below", bound: 0.5 } })).toBe("below 0.5");
  expect(expectationInWords(figure)).toBe("");
  expect([undefined, 0.0301, 1.6e-9].map((p) => pInWords(p === undefined ? figure : { ...figure, p }))).toEqual([
    "",
    "0.030",
    "2e-9",
  ]);
});
