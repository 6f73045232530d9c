import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { iou, loc, localizationOf, locs, pointsInside } from "./localization.js";

const { NaN: unseen } = Number;

// 4 x 3 pixels, by their own extremes -1 and 7 in eighths:   0 1 2 3 / 4 5 6 7 / 8 0 0 0
const MAP = Float32Array.of(-1, 0, 1, 2, 3, 4, 5, 6, 7, -1, -1, -1);
// the middle two columns of the upper two rows
const BOX = Uint8Array.of(0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0);

describe("loc and iou", () => {
  it.each([
    // above 0: eighths 1 to 8, of which 1, 2, 5, 6 lie in the box and 3, 4, 7, 8 outside
    [0, 4 / (4 + 4)],
    // above 2/8: 5, 6 inside; 3, 4, 7, 8 outside
    [0.25, 2 / (4 + 4)],
    // above 4/8: 5, 6 inside; 7, 8 outside
    [0.5, 2 / (4 + 2)],
    // strictly above
    [0.75, 0 / (4 + 2)],
    [1, 0],
  ])("at %d", (delta, value) => {
    expect(loc(MAP, BOX, delta)).toBeCloseTo(value, 12);
    expect(iou(MAP, BOX, delta)).toBe(loc(MAP, BOX, delta));
  });

  it("don't depend on the map's scale", () => {
    const other = MAP.map((v) => 16 * v + 3);
    for (const delta of [0, 0.25, 0.5]) expect(loc(other, BOX, delta)).toBe(loc(MAP, BOX, delta));
  });

  it("are 1 where the map is the object, 0 where it is all else", () => {
    expect(loc(Float32Array.from(BOX), BOX)).toBe(1);
    expect(
      loc(
        Float32Array.from(BOX, (v) => 1 - v),
        BOX,
      ),
    ).toBe(0);
  });

  it("leave out what the model did not see", () => {
    const half = MAP.slice();
    // the right half: of the box, two pixels with 1/8 and 5/8 are left, and 4/8 and 8/8 beside it
    for (const i of [2, 3, 6, 7, 10, 11]) half[i] = unseen;
    expect(loc(half, BOX, 0.25)).toBeCloseTo(1 / (2 + 2), 12);
  });

  it("are what counting the pixels of both sets gives", () => {
    const pixel = fc.record({
      v: fc.oneof(fc.integer({ min: -8, max: 8 }), fc.constant(unseen)),
      sought: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(pixel, { minLength: 1, maxLength: 30 }), fc.constantFrom(0, 0.25, 0.5), (pixels, delta) => {
        const map = Float32Array.from(pixels, ({ v }) => v);
        const object = Uint8Array.from(pixels, ({ sought }) => Number(sought));
        const seen = pixels.filter(({ v }) => !Number.isNaN(v));
        const values = seen.map(({ v }) => v);
        const [low, high] = [Math.min(...values), Math.max(...values)];
        const isFound = (v: number) => v - low > delta * (high - low);
        const union = seen.filter(({ v, sought }) => sought || isFound(v)).length;
        const inside = seen.filter(({ v, sought }) => sought && isFound(v)).length;
        expect(loc(map, object, delta)).toBe(inside / union);
        expect(locs(map, object, [0.75, delta])).toEqual([loc(map, object, 0.75), inside / union]);
      }),
    );
  });

  it("find nothing in a constant map, and are no number where nothing is sought either", () => {
    expect(loc(new Float32Array(12).fill(3), BOX, 0)).toBe(0);
    expect(loc(new Float32Array(12), new Uint8Array(12))).toBeNaN();
  });
});

describe("pointsInside", () => {
  it("asks where the maximum is", () => {
    expect(pointsInside(MAP, BOX)).toBe(false);
    expect(
      pointsInside(
        MAP,
        Uint8Array.from(BOX, (_, i) => (i === 8 ? 1 : 0)),
      ),
    ).toBe(true);
  });

  it("takes the first of equal maxima, among what the model saw", () => {
    expect(pointsInside(Float32Array.of(unseen, 1, 2, 2), Uint8Array.of(0, 0, 1, 0))).toBe(true);
    expect(pointsInside(Float32Array.of(unseen, 1, 2, 2), Uint8Array.of(1, 1, 0, 1))).toBe(false);
  });

  it("finds no maximum in a constant map", () => {
    expect(pointsInside(Float32Array.of(unseen, 0, 0), Uint8Array.of(1, 1, 1))).toBe(false);
    expect(pointsInside(Float32Array.of(unseen), Uint8Array.of(1))).toBe(false);
  });
});

it("gives Loc at 0.25, IoU at 0.5 and the pointing game", () => {
  expect(localizationOf(MAP, BOX)).toEqual({ loc: 2 / 8, iou: 2 / 6, pointing: false });
});
