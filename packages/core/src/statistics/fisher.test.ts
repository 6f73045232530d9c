import { describe, expect, it } from "vitest";
import { fisherExact } from "./fisher.js";

/** By the definition: all ways to mark items, those of the group first. */
function counted(marked: number, size: number, allMarked: number, all: number): number {
  let [hits, ways] = [0, 0];
  for (let bits = 0; bits < 2 ** all; bits++) {
    const ones = (of: number) => of.toString(2).replaceAll("0", "").length;
    if (ones(bits) !== allMarked) continue;
    ways++;
    if (ones(bits & (2 ** size - 1)) >= marked) hits++;
  }
  return hits / ways;
}

describe("fisherExact", () => {
  it("is 1 / 70 for the lady who tells all eight cups", () => {
    // Fisher 1935, chapter 2: 4 of 8 cups had the milk first, and she names these 4
    expect(fisherExact({ marked: 4, size: 4, allMarked: 4, all: 8 })).toBeCloseTo(1 / 70, 12);
  });

  it.each([
    [2, 4, 5, 10],
    [0, 3, 2, 9],
    [3, 5, 7, 10],
    [1, 6, 1, 11],
  ])("counts the ways to mark items: %i of %i, %i of %i", (marked, size, allMarked, all) => {
    expect(fisherExact({ marked, size, allMarked, all })).toBeCloseTo(counted(marked, size, allMarked, all), 12);
  });

  it("is neither 0 nor NaN for a whole validation set", () => {
    const p = fisherExact({ marked: 45, size: 50, allMarked: 12_000, all: 50_000 });
    expect(p).toBeGreaterThan(0);
    expect(p).toBeLessThan(1e-15);
  });
});
