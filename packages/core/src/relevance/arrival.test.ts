import { describe, expect, it } from "vitest";
import { arrivalOf } from "./arrival.js";

describe("arrivalOf", () => {
  it.each([
    [2, 2, 1, true],
    [2, 1, 0.5, true],
    [-2, -3, 1.5, true],
    [2, 3.1, 1.55, false],
    [2, 0.9, 0.45, false],
    [2, -2, -1, false],
    [2, Number.NaN, Number.NaN, false],
  ])("of %d, %d arrive", (start, end, share, plausible) => {
    expect(arrivalOf(start, end)).toEqual({ share, plausible });
  });

  it("has nothing to say of seeds that sum to 0", () => {
    expect(arrivalOf(0, 0.3)).toEqual({ share: undefined, plausible: true });
  });
});
