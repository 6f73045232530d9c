import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { floats, golden } from "../testing/preprocess-golden.js";
import { runtime } from "../testing/runtime.js";
import { MapPlacer } from "./place-map.js";

describe("MapPlacer", () => {
  let placer: MapPlacer;
  beforeAll(async () => {
    placer = await MapPlacer.create(runtime);
  });
  afterAll(() => placer.release());

  it.each(golden.places)("enlarges as torch does, not a number outside: $map.height x $map.width", async (row) => {
    const map = { ...row.map, data: floats(row.map.data) };
    const { data, width, height } = await placer.place(map, row.view, row.picture);
    expect({ width, height }).toEqual(row.picture);
    const expected = floats(row.placed);
    expect(Array.from(data, Number.isNaN)).toEqual(Array.from(expected, Number.isNaN));
    const worst = Math.max(...Array.from(expected, (e, i) => (Number.isNaN(e) ? 0 : Math.abs(e - (data[i] ?? 0)))));
    expect(worst).toBeLessThanOrEqual(4e-6);
  });

  it("takes views with fractions of pixels, and beyond the picture", async () => {
    // cells are 1.5 pixels wide and the first center lies at -0.75 + 0.75 = 0
    const map = { width: 4, height: 1, data: Float32Array.of(0, 1, 2, 3) };
    const view = { x: -0.75, y: 0, width: 6, height: 1 };
    const { data } = await placer.place(map, view, { width: 7, height: 1 });
    const expected = [1 / 3, 1, 5 / 3, 7 / 3, 3, Number.NaN, Number.NaN];
    expected.forEach((e, i) => {
      if (Number.isNaN(e)) expect(data[i]).toBeNaN();
      else expect(data[i]).toBeCloseTo(e, 6);
    });
  });

  it("keeps what is not a number in its place", async () => {
    const map = { width: 3, height: 1, data: Float32Array.of(Number.NaN, 1, 2) };
    const { data } = await placer.place(map, { x: 0, y: 0, width: 3, height: 1 }, { width: 3, height: 1 });
    expect([...data]).toEqual([Number.NaN, 1, 2]);
  });

  it("refuses maps whose values do not fit their size", async () => {
    const map = { width: 2, height: 2, data: new Float32Array(3) };
    await expect(placer.place(map, { x: 0, y: 0, width: 1, height: 1 }, { width: 1, height: 1 })).rejects.toThrow(
      "a map of 2x2 has 3 values; give 4, one for each cell",
    );
  });

  describe("draws", () => {
    const whole = { x: 0, y: 0, width: 8, height: 8 };

    it("what is even, evenly, up to the edges, and smooths it so", async () => {
      const map = { width: 5, height: 3, data: new Float32Array(15).fill(2.5) };
      const drawn = await placer.draw(await placer.smooth(map, 1.3), whole, { width: 8, height: 8 });
      for (const v of drawn.data) expect(v).toBeCloseTo(2.5, 5);
    });

    it("a slope as a slope between the outer cells", async () => {
      const map = { width: 8, height: 1, data: Float32Array.from({ length: 8 }, (_, i) => i) };
      const { data } = await placer.draw(map, { ...whole, width: 16 }, { width: 16, height: 1 });
      for (let i = 4; i < 12; i++) expect(data[i]).toBeCloseTo((i + 0.5) / 2 - 0.5, 5);
    });

    it("a single cell by the cubic of Mitchell and Netravali, as round as that is", async () => {
      const map = { width: 9, height: 9, data: new Float32Array(81) };
      map.data[40] = 1;
      const { data } = await placer.draw(map, { ...whole, width: 9, height: 9 }, { width: 9, height: 9 });
      // k(0) = 8/9, k(1) = 1/18
      expect(data[40]).toBeCloseTo((8 / 9) ** 2, 6);
      expect(data[41]).toBeCloseTo(8 / 9 / 18, 6);
      expect(data[50]).toBeCloseTo(1 / 18 ** 2, 6);
    });

    it("a smoothed cell with the deviation that is asked for, and nothing below zero", async () => {
      const map = { width: 41, height: 1, data: new Float32Array(41) };
      map.data[20] = 1;
      const { data, width, height } = await placer.smooth(map, 3);
      expect([width, height]).toEqual([41, 1]);
      const variance = data.reduce((sum, v, i) => sum + v * (i - 20) ** 2, 0);
      expect(variance).toBeCloseTo(9, 2);
      expect(Math.min(...data)).toBeGreaterThanOrEqual(0);
    });

    it("NaN outside of the view", async () => {
      const map = { width: 2, height: 2, data: Float32Array.of(1, 2, 3, 4) };
      const { data } = await placer.draw(map, { x: 1, y: 0, width: 2, height: 1 }, { width: 4, height: 1 });
      expect(Array.from(data, Number.isNaN)).toEqual([true, false, false, true]);
    });
  });
});
