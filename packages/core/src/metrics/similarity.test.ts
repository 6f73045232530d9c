import { describe, expect, it } from "vitest";
import { rankCorrelation, structuralSimilarity } from "./similarity.js";

describe("rankCorrelation", () => {
  it("compares the order of absolute values only", () => {
    expect(rankCorrelation([1, -2, 3], [-10, 20, 1000])).toBe(1);
    expect(rankCorrelation([1, 2, 3], [3, 2, -1])).toBe(-1);
  });

  it("is 1 - 6 sum d^2 / (n (n^2 - 1)) without ties, by hand", () => {
    // d = 0, 1, -1, 0: 1 - 6 * 2 / (4 * 15)
    expect(rankCorrelation([1, 2, 3, 4], [1, 3, 2, 4])).toBeCloseTo(0.8, 12);
  });

  it("gives equal values their mean rank, by hand", () => {
    // ranks 1.5 1.5 3 and 1 2 3: cov 1.5, variances 1.5 and 2
    expect(rankCorrelation([5, 5, 7], [1, 2, 3])).toBeCloseTo(1.5 / Math.sqrt(1.5 * 2), 12);
  });

  it("has no value for constant maps, nor for what is not finite", () => {
    expect(rankCorrelation([1, 1, 1], [1, 2, 3])).toBeNaN();
    expect(rankCorrelation([1, Number.NaN, 1], [1, 2, 3])).toBeNaN();
  });

  it("refuses maps of different sizes", () => {
    expect(() => rankCorrelation([1], [1, 2])).toThrow(RangeError);
  });
});

describe("structuralSimilarity", () => {
  it("is 1 for the same map up to sign and scale", () => {
    expect(structuralSimilarity([0, 1, 2, 3], [0, -2, 4, -6], 2)).toBeCloseTo(1, 12);
  });

  it("is eq. 13 of a single window, by hand", () => {
    // a = 0 1, b = 1 0: means 1/2, variances 1/4, covariance -1/4
    const expected = ((0.5 + 1e-4) * (-0.5 + 9e-4)) / ((0.5 + 1e-4) * (0.5 + 9e-4));
    expect(structuralSimilarity([0, 1], [1, 0], 2)).toBeCloseTo(expected, 12);
  });

  it("is the mean over windows", () => {
    // rows of 8 in windows of 7: the left one sees the same zeros, the right one [0, 1] at its end against [1, 0]
    const [a, b] = [
      [0, 0, 0, 0, 0, 0, 0, 1],
      [0, 0, 0, 0, 0, 0, 0, 1],
    ];
    expect(structuralSimilarity(a, b, 8)).toBeCloseTo(1, 12);
    const far = [0, 0, 0, 0, 0, 0, 1, 0];
    const [m, v] = [1 / 7, 1 / 7 - 1 / 49];
    const left = (1e-4 * 9e-4) / ((m * m + 1e-4) * (v + 9e-4));
    const right = ((2 * m * m + 1e-4) * (-2 * m * m + 9e-4)) / ((2 * m * m + 1e-4) * (2 * v + 9e-4));
    expect(structuralSimilarity(a, far, 8)).toBeCloseTo((left + right) / 2, 12);
  });

  it("takes a constant map as zeros, and has no value for what is not finite", () => {
    expect(structuralSimilarity([2, 2], [3, 3], 2)).toBe(1);
    expect(structuralSimilarity([1, Number.NaN], [1, 2], 2)).toBeNaN();
  });
});
