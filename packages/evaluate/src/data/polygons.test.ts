import { describe, expect, it } from "vitest";
import { maskOfPolygons } from "./polygons.js";
import { decodeRuns, maskOfRuns } from "./run-length.js";

// pycocotools 2.0.11: mask.merge(mask.frPyObjects(polygons, height, width))["counts"]
const DRAWN = [
  ["a rectangle", 12, 10, [[2, 1, 9, 1, 9, 7, 2, 7]], "e06400000000000m0"],
  ["a triangle", 16, 16, [[1.2, 14.7, 7.9, 0.6, 14.8, 12.3]], "n01=2N1O2N2N2N2O03N2N2N1O2Nf0"],
  ["a notch", 20, 18, [[1, 1, 17, 1, 17, 16.5, 9.3, 5.2, 1, 16.5]], "c0?3N2O1O1N2O1O1N2O12N1O2N1O2N1O2c1"],
  ["edges that cross", 16, 16, [[1, 1, 15, 15, 15, 1, 1, 15]], "a0=4N2N2N2N2N2N10O2N2N2N2N2N2>"],
  [
    "two that overlap",
    24,
    16,
    [
      [1, 1, 10, 1, 10, 10, 1, 10],
      [6, 5, 20.5, 5, 20.5, 14.5, 6, 14.5],
    ],
    "a097000000005K000004L00000000000000000000[1",
  ],
  ["beyond the picture", 12, 12, [[-4, -3, 7.5, 2, 15, 13, 3, 9]], "0571O2N10O01O01O101N1O2O"],
  ["a sliver", 16, 12, [[1, 1, 14.2, 9.1, 14.6, 9.9, 1.2, 1.9]], "=1<0O01000O010<000D0k0"],
  [
    "a star",
    30,
    30,
    [[15, 1, 19, 11, 29, 11, 21, 17, 24, 28, 15, 21, 6, 28, 9, 17, 1, 11, 11, 11]],
    "W21m01O1O001@N23I081D1=71O01M2O1N2103N1O2N0O01OHB1=NG08OMN21>00O1Ob1",
  ],
] as const;

describe("polygons", () => {
  it.each(DRAWN)("%s: differ from pycocotools only where a border passes", (_, width, height, polygons, counts) => {
    const drawn = maskOfPolygons(polygons, width, height);
    const expected = maskOfRuns(decodeRuns(counts) ?? [], width, height) as Uint8Array;
    const strangers = [...drawn.keys()].filter(
      (i) =>
        drawn[i] !== expected[i] &&
        !polygons.some((polygon) => distanceTo(polygon, (i % width) + 0.5, Math.floor(i / width) + 0.5) < 0.75),
    );
    expect(strangers).toEqual([]);
  });

  it("hold the pixels whose centers they hold", () => {
    expect(maskOfPolygons([[0.4, 0.4, 2.6, 0.4, 2.6, 1.4, 0.4, 1.4]], 4, 3)).toEqual(
      Uint8Array.of(1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    );
    // neighbors that share an edge through centers leave no pixel out and have none in common
    const left = maskOfPolygons([[0, 0, 2.5, 0, 2.5, 2, 0, 2]], 5, 2);
    const right = maskOfPolygons([[2.5, 0, 5, 0, 5, 2, 2.5, 2]], 5, 2);
    expect(left.map((value, i) => value + (right[i] as number))).toEqual(new Uint8Array(10).fill(1));
  });
});

/** How far a point is from the nearest edge. */
function distanceTo(polygon: readonly number[], x: number, y: number): number {
  const points = Array.from(
    { length: polygon.length / 2 },
    (_, i) => polygon.slice(2 * i, 2 * i + 2) as [number, number],
  );
  const distances = points.map(([x0, y0], i) => {
    const [x1, y1] = points[(i + 1) % points.length] as [number, number];
    const [dx, dy] = [x1 - x0, y1 - y0];
    const along = Math.max(0, Math.min(1, ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy)));
    return Math.hypot(x - x0 - along * dx, y - y0 - along * dy);
  });
  return Math.min(...distances);
}
