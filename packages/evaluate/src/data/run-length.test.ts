import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeRuns, encodeRuns, maskOfRuns, runsOf } from "./run-length.js";

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
        const runs = decodeRuns(encodeRuns(runsOf(owners, size, 1))) ?? [];
        expect(maskOfRuns(runs, size, size)).toEqual(mask);
      }),
    );
  });

  it("know pictures that are not square", () => {
    // pycocotools 2.0.11: the pixels (1, 0), (2, 0) and (2, 1) of 4 x 2
    const runs = decodeRuns("21111") ?? [];
    expect(runs).toEqual([2, 1, 1, 2, 2]);
    expect(maskOfRuns(runs, 4, 2)).toEqual(Uint8Array.of(0, 1, 1, 0, 0, 0, 1, 0));
  });

  it.each([" ", "Q", "0oooooooo0", "é"])("are not read from %j", (text) => {
    expect(decodeRuns(text)).toBeUndefined();
  });

  it.each([[[3, 2]], [[3, 2, 4]], [[3, -1, 6]], [[Number.NaN]]])("of %j do not fill 8 pixels", (runs) => {
    expect(maskOfRuns(runs, 4, 2)).toBeUndefined();
  });
});
