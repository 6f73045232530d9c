import { describe, expect, it } from "vitest";
import { COLOR_MAPS, colorMap, colorPath, colorTable, isDiverging, TABLE_SIZE } from "./color-map.js";
import { deltaE, fromRgb, type Oklab, toRgb } from "./oklab.js";

const steps = (path: readonly Oklab[]): number[] => path.slice(1).map((p, i) => deltaE(path[i] as Oklab, p));

describe.each(COLOR_MAPS)("%s", (name) => {
  const path = colorPath(name);
  const middle = (TABLE_SIZE - 1) / 2;

  it("takes equal steps in OKLab, to 1 %", () => {
    const sizes = steps(path);
    expect(Math.max(...sizes) / Math.min(...sizes)).toBeLessThan(1.01);
  });

  it("keeps steps within one rounding of bytes of each other", () => {
    const table = colorTable(name);
    const rounded = Array.from({ length: TABLE_SIZE }, (_, i) =>
      fromRgb([(table[3 * i] ?? 0) / 255, (table[3 * i + 1] ?? 0) / 255, (table[3 * i + 2] ?? 0) / 255]),
    );
    const worst = Math.max(...path.map((exact, i) => deltaE(exact, rounded[i] as Oklab)));
    expect(worst).toBeLessThan(0.01);
  });

  it("stays in gamut", () => {
    for (const channel of path.flatMap(toRgb)) {
      expect(channel).toBeGreaterThanOrEqual(-1e-6);
      expect(channel).toBeLessThanOrEqual(1 + 1e-6);
    }
  });

  it(isDiverging(name) ? "grows lighter or darker from the middle on" : "grows lighter", () => {
    const arm = path.slice(isDiverging(name) ? middle : 0).map(([L]) => L);
    const sign = Math.sign((arm.at(-1) ?? 0) - (arm[0] ?? 0));
    for (let i = 1; i < arm.length; i++) expect(sign * ((arm[i] ?? 0) - (arm[i - 1] ?? 0))).toBeGreaterThan(0);
  });

  it.runIf(isDiverging(name))("is as light on one side as on the other, and gray in the middle", () => {
    path.forEach(([L], i) => {
      expect(Math.abs(L - (path[TABLE_SIZE - 1 - i]?.[0] ?? Number.NaN))).toBeLessThan(0.02);
    });
    const [, a, b] = path[middle] as Oklab;
    expect(Math.hypot(a, b)).toBeLessThan(1e-6);
  });
});

it("shows signed maps over photos as bright as others", () => {
  const brightest = (name: "ember" | "aurora", at: number) => (colorPath(name)[at] as Oklab)[0];
  for (const end of [0, TABLE_SIZE - 1]) {
    expect(brightest("aurora", end)).toBeCloseTo(brightest("ember", TABLE_SIZE - 1), 1);
  }
});

describe("colorMap", () => {
  it("holds what lies outside of [0, 1], and NaN, to the ends", () => {
    const ember = colorMap("ember");
    expect(ember(-1)).toEqual(ember(0));
    expect(ember(2)).toEqual(ember(1));
    expect(ember(Number.NaN)).toEqual(ember(0));
  });
});
