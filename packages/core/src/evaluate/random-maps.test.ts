import { expect, it } from "vitest";
import { runtime } from "../testing/explaining.js";
import { RandomMaps } from "./random-maps.js";

it("gives each picture a map of its own, and always the same", async () => {
  const maps = await RandomMaps.create([16, 24], 3, runtime);
  const [first, second] = [await maps.make(0), await maps.make(1)];
  expect(await maps.make(0)).toEqual(first);
  expect(second).not.toEqual(first);
  const values = [...first, ...second];
  expect(values).toHaveLength(2 * 16 * 24);
  expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...values)).toBeLessThan(1);
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  // the deviation of the mean is 0.29 / sqrt(768)
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.05);
  await maps.release();
  const other = await RandomMaps.create([16, 24], 4, runtime);
  expect(await other.make(0)).not.toEqual(first);
  await other.release();
});
