import { describe, expect, it } from "vitest";
import { holm } from "./holm.js";

describe("holm", () => {
  it("multiplies the smallest value by the number of values, the next by one less, and so on", () => {
    // by hand: 4 * 0.01, 3 * 0.02 (0.06), 2 * 0.03 (0.06), 1 * 0.04 is raised to what precedes it
    expect(holm([0.03, 0.01, 0.04, 0.02])).toEqual([0.06, 0.04, 0.06, 0.06]);
  });

  it("leaves a single value as it is, and gives no probability above 1", () => {
    expect(holm([0.2])).toEqual([0.2]);
    expect(holm([0.9, 0.6])).toEqual([1, 1]);
    expect(holm([])).toEqual([]);
  });

  it("rejects all that Bonferroni's correction rejects", () => {
    const ps = [0.004, 0.2, 0.011, 0.0005, 0.03, 0.012, 0.9];
    holm(ps).forEach((corrected, i) => {
      expect(corrected).toBeLessThanOrEqual(Math.min(1, ps.length * (ps[i] as number)));
      expect(corrected).toBeGreaterThanOrEqual(ps[i] as number);
    });
  });
});
