import { expect, it } from "vitest";
import { KeptPaintings } from "./kept-paintings.js";
import type { PaintOrder } from "./messages.js";

const shown = (...values: number[]) => ({ width: values.length, height: 1, data: Float32Array.from(values) });
const part = { x: 0, y: 0, width: 9, height: 9 };
const brush = { opacity: 1, threshold: 0, colors: undefined };
const map = { shown: shown(1), view: part, signed: false, pixelwise: false, floating: false };
const order: PaintOrder = { photo: "a", part, width: 10, height: 10, map, brush, unit: 1 };
const bitmap = () => ({ width: 10, height: 10 }) as ImageBitmap;

it("gives what was painted for the same order, and nothing for another", () => {
  const kept = new KeptPaintings();
  const painted = bitmap();
  kept.keep(order, painted);
  expect(kept.get({ ...order, map: { ...map } })).toBe(painted);
  for (const other of [
    { photo: "b" },
    { map: { ...map, shown: shown(1) } },
    { map: undefined },
    { brush: { ...brush, threshold: 0.5 } },
    { width: 11 },
    { part: { ...part, x: 1 } },
  ])
    expect(kept.get({ ...order, ...other })).toBeUndefined();
});

it("keeps those that were used last, within so many pixels, and none of a photo that is forgotten", () => {
  const kept = new KeptPaintings(250);
  const [a, b, c] = ["a", "b", "c"].map((photo) => ({ ...order, photo })) as [PaintOrder, PaintOrder, PaintOrder];
  kept.keep(a, bitmap());
  kept.keep(b, bitmap());
  kept.get(a);
  kept.keep(c, bitmap());
  expect([a, b, c].map((one) => kept.get(one) !== undefined)).toEqual([true, false, true]);
  kept.forget("a");
  expect(kept.get(a)).toBeUndefined();
  expect(kept.get(c)).toBeDefined();
});
