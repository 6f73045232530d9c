import { expect, it } from "vitest";
import { FEWEST, verdictOf, verdictOfAll } from "./verdict.js";

const between = (low: number, high: number, n = FEWEST) => ({ mean: (low + high) / 2, low, high, n });

it.each([
  ["above the bound", between(0.1, 0.3), "holds", "does not hold"],
  ["below it", between(-0.3, -0.1), "does not hold", "holds"],
  ["on both sides", between(-0.1, 0.3), "can't say", "can't say"],
  ["touching it", between(0, 0.3), "can't say", "can't say"],
  ["above it by rounding alone", between(1e-7, 2e-7), "can't say", "can't say"],
  ["of too few pictures", between(0.1, 0.3, FEWEST - 1), "can't say", "can't say"],
  ["of no picture", between(Number.NaN, Number.NaN, 0), "can't say", "can't say"],
])("an interval %s", (_, estimate, above, below) => {
  expect(verdictOf(estimate, { side: "above", bound: 0 })).toBe(above);
  expect(verdictOf(estimate, { side: "below", bound: 0 })).toBe(below);
});

it("takes all parts of a claim", () => {
  expect(verdictOfAll(["holds", "holds"])).toBe("holds");
  expect(verdictOfAll(["holds", "can't say"])).toBe("can't say");
  expect(verdictOfAll(["can't say", "does not hold", "holds"])).toBe("does not hold");
  expect(verdictOfAll([])).toBe("can't say");
});
