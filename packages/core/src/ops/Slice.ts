import { constantNumbers, type Value } from "../graph/graph.js";
import { flip, pad, reshape } from "../graph/math.js";
import { normalizeAxis, sliceRange } from "../graph/shapes.js";
import { type AxesWires, afterTaking, numbersAt, type Taken } from "./axes.js";
import { defineOperator, plain, route } from "./operator.js";

export const Slice = defineOperator({
  inputs: ["x", "starts", "ends", "axes?", "steps?"],
  // dx is dy at the elements that were taken, and 0 elsewhere
  gradient: {
    x: ({ x, starts, ends, axes, steps, dy, node }) => {
      const first = constantNumbers(starts, "starts", node.label);
      const last = constantNumbers(ends, "ends", node.label);
      const along = axes ? constantNumbers(axes, "axes", node.label) : first.map((_, i) => i);
      const strides = steps ? constantNumbers(steps, "steps", node.label) : first.map(() => 1);
      return along.reduce((dx, given, i) => {
        const axis = normalizeAxis(given, x.rank);
        const size = x.dims[axis] as number;
        const { start, step } = sliceRange(size, first[i] as number, last[i] as number, strides[i] as number);
        return placeBack(dx, axis, start, step, size);
      }, dy);
    },
  },
  relevance: route,
  layout: "moves",
  takes,
  axes: (wires) => afterTaking(wires.inputs.x?.axes, takes(wires)),
  sign: "keeps",
  ...plain,
});

function takes({ inputs: { x, starts, ends, axes, steps }, y, node }: AxesWires): Taken[] | undefined {
  const first = numbersAt(starts, node);
  const last = numbersAt(ends, node);
  if (!x || !first || !last) return undefined;
  const along = numbersAt(axes, node) ?? first.map((_, i) => i);
  const strides = numbersAt(steps, node);
  return along.map((given, i) => {
    const axis = normalizeAxis(given, x.value.rank);
    const size = x.value.dims[axis] as number;
    const { start, step } = sliceRange(size, first[i] as number, last[i] as number, strides?.[i] ?? 1);
    return { axis, first: start, count: y.dims[axis] as number, step };
  });
}

/** Puts the elements of v at start, start + step, ... of an axis of the given size, and zeros elsewhere. */
function placeBack(v: Value, axis: number, start: number, step: number, size: number): Value {
  const count = v.dims[axis] as number;
  const ascending = step < 0 ? flip(v, [axis]) : v;
  const lowest = step < 0 ? start + step * (count - 1) : start;
  const spaced = spaceOut(ascending, axis, Math.abs(step));
  const pads = new Array(2 * v.rank).fill(0);
  pads[axis] = lowest;
  // negative if the zeros after the last element reach beyond the end
  pads[axis + v.rank] = size - lowest - (spaced.dims[axis] as number);
  return pad(spaced, pads);
}

/** Puts step - 1 zeros after each element along an axis. */
function spaceOut(v: Value, axis: number, step: number): Value {
  if (step === 1) return v;
  const before = v.dims.slice(0, axis);
  const count = v.dims[axis] as number;
  const after = v.dims.slice(axis + 1);
  const single = reshape(v, [...before, count, 1, ...after]);
  const pads = new Array(2 * single.rank).fill(0);
  pads[single.rank + axis + 1] = step - 1;
  return reshape(pad(single, pads), [...before, count * step, ...after]);
}
