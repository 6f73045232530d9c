import { constantNumbers, type Value } from "../graph/graph.js";
import { axesExcept, pad, scalar, slice, sub, sum } from "../graph/math.js";
import { normalizeAxis } from "../graph/shapes.js";
import { unmixAlong } from "./along-axis.js";
import { defineOperator, plain, route, type Wires } from "./operator.js";

export const Pad = defineOperator({
  inputs: ["x", "pads", "value?", "axes?"],
  // dx is dy without its border, plus the gradients of border elements that repeat elements of x
  gradient: {
    x: (wires) => {
      const { x, dy, at } = wires;
      const borders = bordersOf(wires);
      const source = SOURCES[at.string("mode", "constant")];
      if (!source) return withoutBorders(dy, borders);
      return borders.reduce((dx, { axis, before, after }) => {
        const length = x.dims[axis] as number;
        const positions = Array.from({ length: before + length + after }, (_, p) => p - before);
        return unmixAlong(
          dx,
          axis,
          positions.map((p) => [[source(p, length), 1]]),
          length,
        );
      }, dy);
    },
    // dvalue is the sum of dy over the border, unless that repeats elements of x
    value: (wires) =>
      wires.at.string("mode", "constant") === "constant"
        ? sub(total(wires.dy), total(withoutBorders(wires.dy, bordersOf(wires))))
        : scalar(0, wires.dy),
  },
  relevance: route,
  layout: "moves",
  sign: "keeps",
  ...plain,
});

const total = (x: Value): Value => sum(x, axesExcept(x, []), false);

interface Border {
  readonly axis: number;
  readonly before: number;
  readonly after: number;
}

/** How much is added to each axis that gets longer, or shorter. */
function bordersOf({ x, pads, axes, node }: Wires<"x" | "pads" | "axes?">): Border[] {
  const sizes = constantNumbers(pads, "pads", node.label);
  const along = axes ? constantNumbers(axes, "axes", node.label) : x.dims.map((_, i) => i);
  return along
    .map((axis, i) => ({
      axis: normalizeAxis(axis, x.rank),
      before: sizes[i] as number,
      after: sizes[i + along.length] as number,
    }))
    .filter(({ before, after }) => before !== 0 || after !== 0);
}

const modulo = (p: number, n: number) => ((p % n) + n) % n;

/** The element that is at a position before, in or after an axis, for each mode that repeats elements. */
const SOURCES: Readonly<Record<string, (position: number, length: number) => number>> = {
  edge: (p, length) => Math.min(Math.max(p, 0), length - 1),
  reflect: (p, length) => {
    const last = Math.max(length - 1, 1);
    return last - Math.abs(last - modulo(p, 2 * last));
  },
  wrap: modulo,
};

/** Cuts off borders, and adds zeros at ends that negative pads had cut off. */
function withoutBorders(dy: Value, borders: readonly Border[]): Value {
  const ranges = borders.map(({ axis, before, after }) => ({
    axis,
    start: Math.max(0, before),
    end: (dy.dims[axis] as number) - Math.max(0, after),
  }));
  const pads = new Array(2 * dy.rank).fill(0);
  for (const { axis, before, after } of borders) {
    pads[axis] = Math.max(0, -before);
    pads[axis + dy.rank] = Math.max(0, -after);
  }
  return pad(slice(dy, ranges), pads);
}
