import { describe, expect, it } from "vitest";
import { positionIn, rangeOf } from "./normalize.js";

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
const rangeOfValues = (values: number[], signed = false, coverage?: number) =>
  rangeOf(Float32Array.from(values), { signed, ...(coverage === undefined ? {} : { coverage }) });

describe("rangeOf", () => {
  it.each([
    ["positive values", [1, 4], false, { low: 0, high: 4, clipped: false }],
    ["both signs, signed", [-3, 1], true, { low: -3, high: 3, clipped: false }],
    ["both signs, not signed", [-3, 1], false, { low: -3, high: 1, clipped: false }],
    ["all zero", [0, 0], false, { low: 0, high: 0, clipped: false }],
    ["all zero, signed", [0, 0], true, { low: 0, high: 0, clipped: false }],
    ["all NaN", [nan, nan], false, { low: 0, high: 0, clipped: false }],
    ["nothing", [], true, { low: 0, high: 0, clipped: false }],
    ["numbers among what is not finite", [nan, 2, infinity, -infinity], false, { low: 0, high: 2, clipped: false }],
  ])("%s", (_, values, signed, expected) => {
    expect(rangeOfValues(values, signed)).toEqual(expected);
  });

  it("begins at the smallest value where zero says nothing", () => {
    const values = Float32Array.of(0.3, 0.5, nan);
    expect(rangeOf(values, { signed: false, floating: true })).toMatchObject({
      low: expect.closeTo(0.3),
      high: 0.5,
      clipped: false,
    });
  });

  it("leaves single extremes out", () => {
    const values = [...Array.from({ length: 199 }, (_, i) => i / 199), 1000];
    expect(rangeOfValues(values, false, 0.995)).toMatchObject({
      low: 0,
      high: expect.closeTo(198 / 199),
      clipped: true,
    });
    expect(
      rangeOfValues(
        values.map((v) => -v),
        true,
        0.995,
      ),
    ).toMatchObject({ high: expect.closeTo(198 / 199), clipped: true });
  });

  it("does not clip a single bright pixel away", () => {
    expect(rangeOfValues([...Array(999).fill(0), 7], false, 0.995)).toEqual({ low: 0, high: 7, clipped: false });
  });
});

describe("positionIn", () => {
  it("is held to [0, 1]", () => {
    const range = { low: -2, high: 2, clipped: true };
    expect([-9, -2, 0, 1, 9].map((v) => positionIn(range, v))).toEqual([0, 0, 0.5, 0.75, 1]);
  });

  it("puts the zero of a blank map where its colors have it", () => {
    const point = { low: 0, high: 0, clipped: false };
    expect(positionIn(point, 0)).toBe(0);
    expect(positionIn(point, 0, true)).toBe(0.5);
  });
});
