import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeRuns } from "../testing/decode-runs.js";
import { encodeRuns, runsOf } from "./run-length.js";

const masked = (size: number, inside: (x: number, y: number) => boolean): Uint8Array =>
  Uint8Array.from({ length: size * size }, (_, i) => (inside(i % size, Math.floor(i / size)) ? 1 : 0));

const counts = (size: number, inside: (x: number, y: number) => boolean): string =>
  encodeRuns(runsOf(masked(size, inside), size, 1));

describe("run lengths", () => {
  it("go down the columns and begin with zeros", () => {
    const owners = Uint8Array.of(1, 0, 2, 1, 2, 2, 0, 0, 2);
    expect(runsOf(owners, 3, 1)).toEqual([0, 2, 7]);
    expect(runsOf(owners, 3, 2)).toEqual([4, 1, 1, 3]);
    expect(runsOf(owners, 3, 3)).toEqual([9]);
  });

  // pycocotools 2.0.11: mask.encode(np.asfortranarray(m))["counts"]
  it("are written as pycocotools writes them", () => {
    expect(counts(4, () => false)).toBe("`0");
    expect(counts(4, () => true)).toBe("0`0");
    expect(counts(4, (x, y) => x === 0 && y === 0)).toBe("01?");
    expect(counts(5, (x, y) => x === y)).toBe("0150000000");
    expect(counts(4, (x, y) => (x + y) % 2 === 0)).toBe("011010O10O10O0");
    expect(counts(256, (x) => x % 7 === 0 || x > 200)).toBe(`0P8P\`1${"0".repeat(55)}P@P\`=`);
  });

  it("are read back as they were, whatever the mask", () => {
    const masks = fc.integer({ min: 1, max: 40 }).chain((size) =>
      fc.record({
        size: fc.constant(size),
        owners: fc.uint8Array({ minLength: size * size, maxLength: size * size, max: 2 }),
      }),
    );
    fc.assert(
      fc.property(masks, ({ size, owners }) => {
        const mask = owners.map((owner) => (owner === 1 ? 1 : 0));
        expect(decodeRuns(encodeRuns(runsOf(owners, size, 1)), size)).toEqual(mask);
      }),
    );
  });
});
