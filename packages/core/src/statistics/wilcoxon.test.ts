import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { golden } from "../testing/statistics-golden.js";
import { signedRankTest } from "./wilcoxon.js";

const test = (...differences: number[]) => signedRankTest(Float64Array.from(differences));

describe("signedRankTest", () => {
  it.each(golden.signedRank)("$name: what scipy says", ({ differences, n, positiveRanks, p, exact }) => {
    const result = test(...differences);
    expect(result).toMatchObject({ n, positiveRanks, exact });
    expect(result.p / p).toBeCloseTo(1, 9);
  });

  it("counts signs", () => {
    // ranks 1, 2, -3: W+ = 3. Of the 8 signs, those with W <= 3 are {}, {1}, {2}, {1, 2} and {3}: more than half
    expect(test(1, 2, -3)).toEqual({ n: 3, positiveRanks: 3, p: 1, exact: true });
    // W+ = 1, so {} and {1}: 2 of 8, both ways
    expect(test(1, -2, -3)).toEqual({ n: 3, positiveRanks: 1, p: 0.5, exact: true });
  });

  it("corrects for ties and continuity", () => {
    // ranks 1.5, 1.5, 3, 4: W+ = 10, variance 4 5 9 / 24 - (2^3 - 2) / 48, z = (10 - 5 - 1/2) / sqrt(7.375) = 1.6570
    const { n, positiveRanks, p, exact } = test(1, 1, 2, 3);
    expect({ n, positiveRanks, exact }).toEqual({ n: 4, positiveRanks: 10, exact: false });
    expect(p).toBeCloseTo(0.0975, 4);
  });

  it("leaves out NaN and 0; where nothing is left, no side is ahead", () => {
    expect(test(Number.NaN, 1, 0, -2, -3)).toEqual(test(1, -2, -3));
    expect(test(0, Number.NaN)).toEqual({ n: 0, positiveRanks: 0, p: 1, exact: true });
  });

  it("doesn't depend on order, scale, and which of the two is taken from the other", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -20, max: 20 }), { maxLength: 70 }), (differences) => {
        const { n, positiveRanks, p } = test(...differences);
        expect(test(...differences.map((d) => 4 * d).reverse())).toMatchObject({ n, positiveRanks, p });
        const other = test(...differences.map((d) => -d));
        expect(other.positiveRanks).toBe((n * (n + 1)) / 2 - positiveRanks);
        expect(other.p).toBeCloseTo(p, 12);
        expect(p).toBeGreaterThan(0);
        expect(p).toBeLessThanOrEqual(1);
      }),
    );
  });
});
