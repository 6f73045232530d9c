import { describe, expect, it } from "vitest";
import { randomNumbers } from "../testing/random.js";
import { contour, massLevel } from "./contour.js";

const { NaN: nan } = Number;

describe("massLevel", () => {
  it("is the level above which the share of what is above zero lies", () => {
    const values = Float32Array.of(4, -9, 1, 2, nan, 3);
    expect(massLevel(values, 0.4)).toBe(4);
    expect(massLevel(values, 0.41)).toBe(3);
    expect(massLevel(values, 1)).toBe(1);
  });

  it.each([0, 0.1, 0.5, 0.9, 1])("holds just the share %s among values of every size", (share) => {
    const next = randomNumbers("mass");
    const values = Float32Array.from({ length: 3000 }, (_, i) => (next() - 0.3) * 10 ** ((i % 7) - 3));
    const positive = values.filter((v) => v > 0);
    const above = (level: number) => positive.reduce((sum, v) => sum + (v >= level ? v : 0), 0);
    const [mass, level = nan] = [above(0), massLevel(values, share)];
    expect(above(level)).toBeGreaterThanOrEqual((1 - 1e-9) * share * mass);
    const larger = positive.filter((v) => v > level).sort()[0] ?? Infinity;
    expect(above(larger)).toBeLessThan(Math.max(share * mass, Number.MIN_VALUE));
  });

  it("is none where nothing is above zero", () => {
    expect(massLevel(Float32Array.of(-1, 0, nan), 0.5)).toBeUndefined();
  });
});

describe("contour", () => {
  it("goes around a single value, linear between pixels", () => {
    // 4 in the middle of zeros, so that the level 1 lies three quarters of the way out
    const lines = contour(Float32Array.of(0, 0, 0, 0, 4, 0, 0, 0, 0), 3, 1);
    expect(lines).toHaveLength(1);
    const [line = []] = lines;
    expect(line[0]).toEqual(line.at(-1));
    const around = [
      [0.75, 1.5],
      [1.5, 0.75],
      [2.25, 1.5],
      [1.5, 2.25],
    ].map(String);
    expect(new Set(line.map(String))).toEqual(new Set(around));
  });

  it("ends at the map's edges, and where it is not a number", () => {
    const [open = [], ...others] = contour(Float32Array.of(2, 0, 2, 0), 2, 1);
    expect(others).toEqual([]);
    expect(new Set(open.map(String))).toEqual(new Set(["1,0.5", "1,1.5"]));
    expect(contour(Float32Array.of(2, nan, 2, 0), 2, 1)).toEqual([]);
  });

  it("has two lines through a saddle, and none where all is above or below", () => {
    expect(contour(Float32Array.of(2, 0, 0, 2), 2, 1)).toHaveLength(2);
    expect(contour(Float32Array.of(0, 2, 2, 0), 2, 1)).toHaveLength(2);
    expect(contour(Float32Array.of(2, 2, 2, 2), 2, 1)).toEqual([]);
    expect(contour(Float32Array.of(0, 0, 0, 0), 2, 1)).toEqual([]);
  });

  it("crosses every edge that has the level, once", () => {
    const width = 20;
    const values = Float32Array.from({ length: 400 }, (_, i) => Math.sin(1.7 * i) + Math.cos(0.13 * i * i));
    const points = contour(values, width, 0.2).flatMap((line) =>
      String(line[0]) === String(line.at(-1)) ? line.slice(1) : line,
    );
    let crossings = 0;
    const isAbove = (i: number) => (values[i] as number) >= 0.2;
    for (let i = 0; i < 400; i++) {
      if (i % width < width - 1 && isAbove(i) !== isAbove(i + 1)) crossings++;
      if (i + width < 400 && isAbove(i) !== isAbove(i + width)) crossings++;
    }
    expect(points).toHaveLength(crossings);
  });
});
