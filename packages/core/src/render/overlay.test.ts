import { describe, expect, it } from "vitest";
import { type ColorMapName, colorMap } from "./color-map.js";
import { overlay, plain } from "./overlay.js";

const RED = [230, 20, 40];

/** One red pixel per value. */
function overlaid(values: number[], colors: ColorMapName, low: number, high: number, opacity?: number): number[][] {
  const rgb = Uint8Array.from(values.flatMap(() => RED));
  const result = overlay(rgb, Float32Array.from(values), {
    colors,
    range: { low, high, clipped: false },
    ...(opacity === undefined ? {} : { opacity }),
  });
  return values.map((_, i) => Array.from(result.subarray(3 * i, 3 * i + 3)));
}

const distance = (p: readonly number[] = [], q: readonly number[] = []) =>
  Math.max(...p.map((v, i) => Math.abs(v - (q[i] ?? Number.NaN))));

describe("overlay", () => {
  it("is close to the map's color where the map is strongest", () => {
    const [strongest] = overlaid([1], "ember", 0, 1);
    expect(distance(strongest, colorMap("ember")(1))).toBeLessThanOrEqual(0.15 * 255);
    const [lowest, highest] = overlaid([-2, 2], "aurora", -2, 2);
    expect(distance(lowest, colorMap("aurora")(0))).toBeLessThanOrEqual(0.15 * 255);
    expect(distance(highest, colorMap("aurora")(1))).toBeLessThanOrEqual(0.15 * 255);
  });

  it("leaves the photo where the map is zero, paler and darker", () => {
    const [sequential, diverging] = [overlaid([0], "ember", 0, 1)[0], overlaid([0], "aurora", -1, 1)[0]];
    expect(sequential).toEqual(diverging);
    const [red = 0, green = 0] = sequential ?? [];
    expect(red).toBeGreaterThan(green + 40);
    expect(red).toBeLessThan(230);
  });

  it("is pale gray where the model did not look", () => {
    const [pixel = []] = overlaid([Number.NaN], "ember", 0, 1);
    expect(new Set(pixel).size).toBe(1);
    expect(pixel[0]).toBeGreaterThan(190);
  });

  it("grows with the value, from what is worth seeing on", () => {
    const photo = overlaid([0], "ember", 0, 1)[0];
    const distances = overlaid([0.04, 0.1, 0.3, 1], "ember", 0, 1).map((pixel) => distance(pixel, photo));
    expect(distances[0]).toBe(0);
    expect(distances).toEqual(distances.slice().sort((a, b) => a - b));
    expect(distances[1]).toBeGreaterThan(5);
  });

  it("is as opaque as is asked for", () => {
    expect(overlaid([1], "ember", 0, 1, 0)).toEqual(overlaid([0], "ember", 0, 1));
    expect(overlaid([1], "ember", 0, 1, 1)).toEqual([colorMap("ember")(1)]);
  });

  it("shows a blank map as the photo alone", () => {
    expect(overlaid([0], "ember", 0, 0)).toEqual(overlaid([0], "ember", 0, 1));
    expect(overlaid([0], "aurora", 0, 0)).toEqual(overlaid([0], "aurora", -1, 1));
  });
});

describe("plain", () => {
  it("has the colors of the map, on the color of its zero", () => {
    const range = { low: -2, high: 2, clipped: false };
    const rgb = plain(Float32Array.of(-2, 0, 1, Number.NaN), { colors: "polar", range });
    const polar = colorMap("polar");
    expect([...rgb.subarray(0, 9)]).toEqual([0, 0.5, 0.75].flatMap(polar));
    expect(new Set(rgb.subarray(9))).toEqual(new Set([236]));
    expect(Math.min(...polar(0.5))).toBeGreaterThan(245);
  });
});
