import { expect, it } from "vitest";
import { dropOf, increaseOf, winOf } from "./average-drop.js";

const { NaN: unknown } = Number;

it.each([
  [0.8, 0.2, 75, 0],
  [0.8, 0, 100, 0],
  [0.5, 0.5, 0, 0],
  [0.25, 0.75, 0, 100],
  // nothing to lose
  [0, 0, 0, 0],
  [0, 0.5, 0, 100],
])("from %d to %d: a drop of %d %%, an increase of %d %%", (Y, O, drop, increase) => {
  expect(dropOf(Y, O)).toBeCloseTo(drop, 12);
  expect(increaseOf(Y, O)).toBe(increase);
});

it.each([
  [unknown, 0.5],
  [0.5, unknown],
  [0, unknown],
])("from %d to %d: neither", (Y, O) => {
  expect(dropOf(Y, O)).toBeNaN();
  expect(increaseOf(Y, O)).toBeNaN();
});

it.each([
  [10, 20, 100],
  [20, 10, 0],
  [0, 0, 50],
  [unknown, 0, unknown],
  [0, unknown, unknown],
])("a drop of %d against one of %d wins %d %%, and the other one the rest", (drop, other, win) => {
  expect(winOf(drop, other)).toBe(win);
  expect(winOf(other, drop)).toBe(100 - win);
});
