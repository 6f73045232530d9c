import { contrast, type Grid } from "@limn/core";
import type { StudioMap } from "../../engine/engine.js";
import type { PaintedMap } from "../paint/paint.js";

/** What one map shows more than another of the same method, each divided by its own largest value. */
export function differenceOf(a: StudioMap, b: StudioMap): PaintedMap & Pick<StudioMap, "grid"> {
  const minus = (p: Grid, q: Grid): Grid => ({ ...p, data: contrast(p.data, q.data) });
  const { view, pixelwise } = a;
  return {
    grid: minus(a.grid, b.grid),
    shown: minus(a.shown, b.shown),
    view,
    pixelwise,
    signed: true,
    onPaper: a.signed,
    floating: false,
  };
}
