import { describe, expect, it } from "vitest";
import { areaOf, coverage, largestDifference, neighborCorrelation } from "./pixels.js";

describe("neighbors", () => {
  it("are alike on a slope, and not on a checkerboard", () => {
    // pairs 0-1, 0-2, 1-3, 2-3: in quarters from their means -3 -3 1 5 and -5 -1 3 3, so 36 / sqrt(44 44)
    expect(neighborCorrelation(Float32Array.of(0, 1, 2, 3), 2)).toBeCloseTo(9 / 11, 12);
    expect(neighborCorrelation(Float32Array.of(0, 1, 0, 1, 0, 1, 0, 1, 0), 3)).toBeCloseTo(-1, 12);
  });

  it("do not depend on the scale, and are unknown on a constant map", () => {
    const map = Float32Array.of(0, 1, 2, 5, 3, 2);
    expect(
      neighborCorrelation(
        map.map((v) => v * 1e-20),
        3,
      ),
    ).toBeCloseTo(neighborCorrelation(map, 3), 6);
    expect(neighborCorrelation(new Float32Array(4).fill(2), 2)).toBeNaN();
  });
});

it("covers what lies above a share of the map's range", () => {
  // in quarters of its range: 0 1 2 3 4
  const map = Float32Array.of(1, 2, 3, 4, 5);
  expect(coverage(map, Uint8Array.of(0, 1, 1, 1, 1), 0.25)).toBe(3 / 4);
  expect(coverage(map, Uint8Array.of(1, 1, 0, 0, 0), 0.25)).toBe(0);
  expect(coverage(map, new Uint8Array(5), 0.25)).toBeNaN();
  expect(coverage(new Float32Array(5).fill(3), Uint8Array.of(1, 1, 1, 1, 1), 0.25)).toBe(0);
});

it("takes the largest difference of maps by their maxima", () => {
  const map = Float32Array.of(0, 1, 4);
  expect(largestDifference(map, Float32Array.of(0, 10, 40))).toBe(0);
  expect(largestDifference(map, Float32Array.of(2, 0, 4))).toBe(0.5);
  expect(largestDifference(map, new Float32Array(3))).toBe(1);
  expect(largestDifference(new Float32Array(3), new Float32Array(3))).toBe(0);
});

it("measures masks in parts of the picture", () => {
  expect(areaOf(Uint8Array.of(1, 0, 0, 0))).toBe(0.25);
});
