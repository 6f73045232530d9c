import { expect, it } from "vitest";
import { energyInside, otherClassLeak } from "./positive-mass.js";

const { NaN: unseen } = Number;

// 4 x 2 pixels with 20 above zero
const MAP = Float32Array.of(1, 2, 3, unseen, -4, 5, 0, 9);
const OBJECT = Uint8Array.of(0, 1, 1, 1, 1, 0, 0, 0);
const OTHERS = Uint8Array.of(1, 1, 0, 0, 0, 1, 0, 0);

it("energyInside is the object's share of the values above zero", () => {
  expect(energyInside(MAP, OBJECT)).toBeCloseTo((2 + 3) / 20, 12);
  expect(energyInside(MAP, new Uint8Array(8).fill(1))).toBe(1);
  expect(energyInside(MAP, new Uint8Array(8))).toBe(0);
});

it("otherClassLeak is the others' share, less what is the object's too", () => {
  expect(otherClassLeak(MAP, OBJECT, OTHERS)).toBeCloseTo((1 + 5) / 20, 12);
  expect(otherClassLeak(MAP, OTHERS, OTHERS)).toBe(0);
});

it("neither depends on the map's scale, and both on where its zero is", () => {
  const scaled = MAP.map((v) => 8 * v);
  expect(energyInside(scaled, OBJECT)).toBe(energyInside(MAP, OBJECT));
  expect(otherClassLeak(scaled, OBJECT, OTHERS)).toBe(otherClassLeak(MAP, OBJECT, OTHERS));
  // 5, 6, 7, 0, 9, 4, 13
  const shifted = MAP.map((v) => v + 4);
  expect(energyInside(shifted, OBJECT)).toBeCloseTo((6 + 7) / 44, 12);
});

it("a map without values above zero finds nothing, and its leak is no number", () => {
  const against = Float32Array.of(-1, 0, unseen);
  expect(energyInside(against, Uint8Array.of(1, 1, 1))).toBe(0);
  expect(otherClassLeak(against, Uint8Array.of(1, 0, 0), Uint8Array.of(0, 1, 1))).toBeNaN();
});
