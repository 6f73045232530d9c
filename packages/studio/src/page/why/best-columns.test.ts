import { expect, it } from "vitest";
import { bestColumns } from "./best-columns.js";

const room = { width: 1000, height: 560, gap: 20, below: 60 };

it.each([
  ["two squares stand side by side", 2, 1, room, 2, 490],
  ["of many, all are seen", 6, 1, { ...room, height: 700 }, 3, 280],
  ["a single row is worth somewhat smaller ones", 3, 1, { ...room, height: 860 }, 3, 320],
  ["wide ones stand below each other", 2, 4, room, 1, 840],
])("%s", (_, count, shape, space, columns, width) => {
  const best = bestColumns(count, shape, space, 200);
  expect(best.columns).toBe(columns);
  expect(best.width).toBeCloseTo(width);
});

it("they never get smaller than they may: then one scrolls", () => {
  const best = bestColumns(40, 1, room, 200);
  expect(best.width).toBeGreaterThanOrEqual(200);
  expect(best.columns).toBe(4);
});
