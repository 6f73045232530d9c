import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bootstrapMeans } from "./bootstrap.js";

const { NaN: unknown } = Number;

const estimate = (...values: number[]) => bootstrapMeans([Float64Array.from(values)])[0];

describe("bootstrapMeans", () => {
  it("gives the quantiles of the resampled means", () => {
    // two items: means of 0, 1/2 and 1 at 1/4, 1/2 and 1/4 of the resamples
    expect(estimate(0, 1)).toEqual({ mean: 0.5, low: 0, high: 1, n: 2 });
    // six of 0 and 1: all six are the same in 1/64 of the resamples, less than 2.5 %; five at least in 7/64
    expect(estimate(0, 1, 0, 1, 0, 1)).toEqual({
      mean: 0.5,
      low: expect.closeTo(1 / 6),
      high: expect.closeTo(5 / 6),
      n: 6,
    });
  });

  it("comes near to the normal interval where there are many items", () => {
    const values = Float64Array.from({ length: 2000 }, (_, i) => ((i * 37) % 101) / 101);
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
    const half = 1.96 * Math.sqrt(variance / values.length);
    const [found] = bootstrapMeans([values], { resamples: 4000 });
    expect(found?.mean).toBeCloseTo(mean, 12);
    expect((mean - (found?.low ?? unknown)) / half).toBeCloseTo(1, 1);
    expect(((found?.high ?? unknown) - mean) / half).toBeCloseTo(1, 1);
  });

  it("draws the same items for all columns", () => {
    const column = Float64Array.of(3, 1, 4, 1, 5, 9, 2, 6);
    const [a, b, shifted] = bootstrapMeans([column, column, column.map((v) => v + 16)]);
    expect(a).toEqual(b);
    expect(shifted?.low).toBeCloseTo((a?.low ?? unknown) + 16, 12);
    expect(shifted?.high).toBeCloseTo((a?.high ?? unknown) + 16, 12);
  });

  it("draws as the seed says", () => {
    const column = Float64Array.from({ length: 50 }, (_, i) => Math.sqrt(i));
    const [of0, again, of1] = [0, 0, 1].map((seed) => bootstrapMeans([column], { seed, resamples: 100 }));
    expect(again).toEqual(of0);
    expect(of1).not.toEqual(of0);
  });

  it("is the same on every machine", () => {
    const column = Float64Array.from({ length: 64 }, (_, i) => (i * i) % 64);
    expect(bootstrapMeans([column], { resamples: 256, seed: 7 })).toMatchInlineSnapshot(`
      [
        {
          "high": 26.041015625,
          "low": 17.357421875,
          "mean": 21.5,
          "n": 64,
        },
      ]
    `);
  });

  it("leaves out items without a value", () => {
    expect(estimate(2, unknown, 4, unknown)).toEqual({ mean: 3, low: 2, high: 4, n: 2 });
    expect(estimate(unknown, 5, unknown)).toEqual({ mean: 5, low: 5, high: 5, n: 1 });
    expect(estimate(unknown)).toEqual({ mean: unknown, low: unknown, high: unknown, n: 0 });
    expect(estimate()).toEqual({ mean: unknown, low: unknown, high: unknown, n: 0 });
    expect(bootstrapMeans([])).toEqual([]);
  });

  it("lies between the extremes", () => {
    const values = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(values, (column) => {
        const found = bootstrapMeans([Float64Array.from(column)], { resamples: 50 })[0];
        const { low = unknown, high = unknown } = found ?? {};
        expect(low).toBeGreaterThanOrEqual(Math.min(...column) - 1e-12);
        expect(high).toBeLessThanOrEqual(Math.max(...column) + 1e-12);
        expect(low).toBeLessThanOrEqual(high);
      }),
    );
  });

  it("refuses columns of different items", () => {
    const columns = [new Float64Array(3), new Float64Array(2)];
    expect(() => bootstrapMeans(columns)).toThrow(/column 1 has 2 values but column 0 has 3/);
    expect(() => bootstrapMeans(columns.slice(0, 1), { resamples: 0 })).toThrow(/resamples is 0/);
  });
});
