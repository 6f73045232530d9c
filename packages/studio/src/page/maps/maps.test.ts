import { describe, expect, it } from "vitest";
import { insideOf } from "./inside.js";
import { keyOf, missingOf } from "./map-job.js";
import { boxed, iouWith, maskOf, regionThrough, shareIn } from "./region.js";
import { valueAt } from "./value-at.js";
import { moved, partOf, zoomedAt } from "./zoomed.js";

const GRID = { width: 2, height: 2, data: Float32Array.of(0, 1, 2, 3) };
const VIEW = { x: 10, y: 0, width: 20, height: 20 };

describe("the value that is pointed at", () => {
  it("is that of a cell at its center, and linear between", () => {
    expect(valueAt(GRID, VIEW, { x: 15, y: 5 })).toBe(0);
    expect(valueAt(GRID, VIEW, { x: 25, y: 15 })).toBe(3);
    expect(valueAt(GRID, VIEW, { x: 20, y: 10 })).toBe(1.5);
    expect(valueAt(GRID, VIEW, { x: 29.9, y: 0 })).toBe(1);
  });

  it("is nothing outside of what the model saw", () => {
    for (const place of [
      { x: 9.9, y: 5 },
      { x: 30, y: 5 },
      { x: 15, y: 20 },
    ])
      expect(valueAt(GRID, VIEW, place)).toBeUndefined();
  });
});

describe("the zoom", () => {
  const photo = { width: 200, height: 100 };
  const whole = { scale: 1, x: 0.5, y: 0.5 };

  it("shows all, or a part around its middle", () => {
    expect(partOf(photo, whole)).toEqual({ x: 0, y: 0, ...photo });
    expect(partOf(photo, { scale: 2, x: 0.25, y: 0.75 })).toEqual({ x: 0, y: 50, width: 100, height: 50 });
  });

  it("keeps the place where it is that is pointed at", () => {
    const zoom = zoomedAt(whole, 4, { x: 0.6, y: 0.4 });
    const part = partOf(photo, zoom);
    expect((0.6 * photo.width - part.x) / part.width).toBeCloseTo(0.6);
    expect((0.4 * photo.height - part.y) / part.height).toBeCloseTo(0.4);
  });

  it("does not leave the photo, nor go further than it should", () => {
    expect(zoomedAt(whole, 0.1, { x: 0, y: 0 })).toEqual(whole);
    expect(zoomedAt(whole, 1000, { x: 0.5, y: 0.5 }).scale).toBe(16);
    expect(moved({ scale: 2, x: 0.5, y: 0.5 }, { x: 5, y: -5 })).toEqual({ scale: 2, x: 0.75, y: 0.25 });
  });
});

describe("what is inside", () => {
  it("of a level: shares of the map's sum and of its cells", () => {
    expect(insideOf({ width: 4, height: 1, data: Float32Array.of(-5, 1, 3, 4) }, 3)).toEqual({
      mass: 7 / 8,
      area: 0.5,
    });
    expect(insideOf({ width: 1, height: 1, data: Float32Array.of(-1) }, 1)).toEqual({ mass: 0, area: 0 });
  });

  it("of a box: the cells that both have, of those that either has", () => {
    const part = { x: 0, y: 0, width: 2, height: 2 };
    const iou = (x: number, y: number, width: number, height: number, level: number) =>
      iouWith(GRID, maskOf(boxed({ x, y, width, height }), part, GRID), level);
    expect(iou(1, 0, 1, 2, 2)).toBeCloseTo(1 / 3);
    expect(iou(0, 1, 2, 1, 2)).toBe(1);
    expect(iou(0, 0, 0, 0, 9)).toBe(0);
  });

  it("of what is above zero, the share in a box", () => {
    expect(shareIn(GRID, Uint8Array.of(0, 1, 0, 1))).toBeCloseTo(4 / 6);
    const all = new Uint8Array(4).fill(1);
    expect(shareIn({ data: Float32Array.of(-5, 1, Number.NaN, 3) }, all)).toBe(1);
    expect(shareIn({ data: new Float32Array(4) }, all)).toBe(0);
  });

  it("an outline holds the cells whose middles it surrounds, also if it bends or leaves the part that is seen", () => {
    const rows = (corners: [number, number][], part = { x: 0, y: 0, width: 6, height: 4 }) => {
      const mask = maskOf({ kind: "outline", corners: corners.map(([x, y]) => ({ x, y })) }, part, part);
      return [0, 1, 2, 3].map((row) => mask.subarray(6 * row, 6 * row + 6).join(""));
    };
    // a U, whose legs stand two cells apart
    const bent = [
      [1, 0],
      [2, 0],
      [2, 3],
      [4, 3],
      [4, 0],
      [5, 0],
      [5, 4],
      [1, 4],
    ] as [number, number][];
    expect(rows(bent)).toEqual(["010010", "010010", "010010", "011110"]);
    expect(rows(bent.toReversed())).toEqual(rows(bent));
    expect(rows(bent, { x: 3, y: 1, width: 6, height: 4 })).toEqual(["010000", "010000", "110000", "000000"]);
  });

  it("a box is drawn from any corner, within the photo; a click draws nothing", () => {
    const size = { width: 60, height: 30 };
    const drawn = [
      { x: 50, y: 40 },
      { x: 20, y: 0 },
      { x: -9, y: 10 },
    ];
    const box = regionThrough("box", drawn, size);
    expect(box?.corners).toEqual([
      { x: 50, y: 30 },
      { x: 0, y: 30 },
      { x: 0, y: 10 },
      { x: 50, y: 10 },
    ]);
    expect(regionThrough("outline", drawn, size)?.corners).toHaveLength(3);
    for (const kind of ["box", "outline"] as const) {
      expect(regionThrough(kind, [{ x: 5, y: 5 }], size)).toBeUndefined();
      expect(
        regionThrough(
          kind,
          [
            { x: 5, y: 5 },
            { x: 6, y: 8 },
          ],
          size,
        ),
      ).toBeUndefined();
    }
  });
});

describe("what is still to be made", () => {
  const subject = { model: "m", picture: "p" };
  const [cam, lrp] = [{ method: "cam" }, { method: "lrp", options: { a: 1, b: 2 } }];
  const job = { subject, revision: 1, wishes: [cam, lrp], targets: [3, 5] };
  const made = (...keys: string[]) => new Map(keys.map((key) => [key, true]));

  it("is all of it, at first, and nothing in the end", () => {
    expect(missingOf(job, made())).toEqual(job);
    const keys = job.targets.flatMap((target) => job.wishes.map((wish) => keyOf(subject, 1, wish, target)));
    expect(missingOf(job, made(...keys))).toBeUndefined();
  });

  it("is what some class lacks, for the classes that lack it", () => {
    const some = made(keyOf(subject, 1, cam, 3), keyOf(subject, 1, cam, 5), keyOf(subject, 1, lrp, 3));
    expect(missingOf(job, some)).toEqual({ ...job, wishes: [lrp], targets: [5] });
  });

  it("does not depend on the order of options, but on the model's opening", () => {
    expect(keyOf(subject, 1, { method: "lrp", options: { b: 2, a: 1 } }, 3)).toBe(keyOf(subject, 1, lrp, 3));
    expect(keyOf(subject, 2, lrp, 3)).not.toBe(keyOf(subject, 1, lrp, 3));
  });
});
