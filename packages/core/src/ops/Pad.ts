import { constantNumbers, type Value } from "../graph/graph.js";
import { pad, slice } from "../graph/math.js";
import { normalizeAxis } from "../graph/shapes.js";
import { unmixAlong } from "./along-axis.js";
import { defineOperator } from "./operator.js";

export const Pad = defineOperator({
  inputs: ["x", "pads", "value?", "axes?"],
  // dx is dy without its border, plus what the border sends back to the elements that it repeats
  gradient: {
    x: ({ x, pads, axes, dy, at, node }) => {
      const sizes = constantNumbers(pads, "pads", node.label);
      const along = axes ? constantNumbers(axes, "axes", node.label) : x.dims.map((_, i) => i);
      const source = SOURCES[at.string("mode", "constant")];
      return along.reduce((dx, given, i) => {
        const axis = normalizeAxis(given, x.rank);
        const length = x.dims[axis] as number;
        const before = sizes[i] as number;
        const after = sizes[i + along.length] as number;
        if (before === 0 && after === 0) return dx;
        if (!source) return withoutBorder(dx, axis, before, after);
        const positions = Array.from({ length: before + length + after }, (_, p) => p - before);
        return unmixAlong(
          dx,
          axis,
          positions.map((p) => [[source(p, length), 1]]),
          length,
        );
      }, dy);
    },
  },
});

const modulo = (p: number, n: number) => ((p % n) + n) % n;

/** Which element stands at a position before, in or behind an axis, in the modes that repeat elements. */
const SOURCES: Readonly<Record<string, (position: number, length: number) => number>> = {
  edge: (p, length) => Math.min(Math.max(p, 0), length - 1),
  reflect: (p, length) => {
    const last = Math.max(length - 1, 1);
    return last - Math.abs(last - modulo(p, 2 * last));
  },
  wrap: modulo,
};

/** Cuts off a border, and adds zeros where a negative pad had cut off elements. */
function withoutBorder(dy: Value, axis: number, before: number, after: number): Value {
  const length = dy.dims[axis] as number;
  const inside = slice(dy, [{ axis, start: Math.max(0, before), end: length - Math.max(0, after) }]);
  const pads = new Array(2 * dy.rank).fill(0);
  pads[axis] = Math.max(0, -before);
  pads[axis + dy.rank] = Math.max(0, -after);
  return pad(inside, pads);
}
