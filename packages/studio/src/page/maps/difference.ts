import { contrast, enlarged, type Grid, type Rectangle } from "@limn/core";
import type { StudioMap } from "../../engine/engine.js";
import type { PaintedMap } from "../paint/paint.js";

/** What one map shows more than another, each divided by its own largest value; where both models look, if they are of two. */
export function differenceOf(a: StudioMap, b: StudioMap): PaintedMap & Pick<StudioMap, "grid"> {
  const view = common(a.view, b.view);
  return {
    grid: minus(a.grid, a.view, b.grid, b.view, view),
    shown: minus(a.shown, a.view, b.shown, b.view, view),
    view,
    pixelwise: a.pixelwise && b.pixelwise,
    signed: true,
    onPaper: a.signed,
    floating: false,
  };
}

/** p - q, in the cells of the finer one if theirs are not the same. */
function minus(p: Grid, ofP: Rectangle, q: Grid, ofQ: Rectangle, view: Rectangle): Grid {
  const areSame = p.width === q.width && p.height === q.height && equal(ofP, ofQ);
  if (areSame) return { ...p, data: contrast(p.data, q.data) };
  const size = { width: Math.max(p.width, q.width), height: Math.max(p.height, q.height) };
  return { ...size, data: contrast(enlarged(p, ofP, view, size), enlarged(q, ofQ, view, size)) };
}

const equal = (a: Rectangle, b: Rectangle): boolean =>
  a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;

/** The part of a photo that is in two: models see at least its middle. */
function common(a: Rectangle, b: Rectangle): Rectangle {
  if (equal(a, b)) return a;
  const [x, y] = [Math.max(a.x, b.x), Math.max(a.y, b.y)];
  const right = Math.min(a.x + a.width, b.x + b.width);
  return { x, y, width: right - x, height: Math.min(a.y + a.height, b.y + b.height) - y };
}
