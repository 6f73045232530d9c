import { describe, expect, it } from "vitest";
import { hiddenFirst, inverted, openMask, orderOf, shareHidden, stroked } from "./mask.js";

const photo = { width: 40, height: 20 };

describe("a mask", () => {
  it("is as fine as the photo, or as a copy of 256 pixels", () => {
    expect(openMask(photo)).toMatchObject({ width: 40, height: 20 });
    expect(openMask({ width: 4000, height: 1000 })).toMatchObject({ width: 256, height: 64 });
  });

  it("hides a disc where the brush touches, and nothing else", () => {
    const mask = stroked(openMask(photo), { x: 0.5, y: 0.5 }, { x: 0.5, y: 0.5 }, 0.1, true);
    expect(shareHidden(mask) * 800).toBeCloseTo(Math.PI * 16, -1);
    expect(mask.data[10 * 40 + 20]).toBe(1);
    expect(mask.data[0]).toBe(0);
  });

  it("hides a line between two places, also over the edge", () => {
    const mask = stroked(openMask(photo), { x: -0.1, y: 0.5 }, { x: 1.1, y: 0.5 }, 0.05, true);
    for (let x = 0; x < 40; x++) expect(mask.data[10 * 40 + x]).toBe(1);
    expect(mask.data[2 * 40 + 20]).toBe(0);
  });

  it("is brought back by the other brush, and exchanged", () => {
    const [from, to] = [
      { x: 0, y: 0.5 },
      { x: 1, y: 0.5 },
    ];
    const hidden = stroked(openMask(photo), from, to, 0.1, true);
    expect(shareHidden(stroked(hidden, from, to, 0.2, false))).toBe(0);
    expect(shareHidden(inverted(hidden))).toBeCloseTo(1 - shareHidden(hidden));
    expect(shareHidden(hidden)).toBeGreaterThan(0.1);
  });

  it("of a map hides as much as it should, whatever values are equal", () => {
    const zeros = { width: 4, height: 1, data: Float32Array.of(0, 0, 0, 1) };
    const order = orderOf(zeros, { x: 0, y: 0, ...photo }, photo);
    for (const share of [0, 0.1, 0.6, 1]) expect(shareHidden(hiddenFirst(order, photo, share))).toBeCloseTo(share, 2);
  });

  it("of a map hides where that is largest, and what it does not lie on last", () => {
    const map = { width: 2, height: 1, data: Float32Array.of(1, 0) };
    const left = { x: 0, y: 0, width: 20, height: 20 };
    const order = orderOf(map, left, photo);
    const quarter = hiddenFirst(order, photo, 0.25);
    expect(shareHidden(quarter)).toBeCloseTo(0.25);
    expect(quarter.data[10 * 40]).toBe(1);
    const most = hiddenFirst(order, photo, 0.5);
    expect(most.data[10 * 40 + 19]).toBe(1);
    expect(most.data[10 * 40 + 21]).toBe(0);
  });
});
