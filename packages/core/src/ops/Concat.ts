import { slice } from "../graph/math.js";
import { normalizeAxis } from "../graph/shapes.js";
import { axisAt, chained, hasPlaces, withAxis } from "./axes.js";
import { defineOperator, plain, route } from "./operator.js";

export const Concat = defineOperator({
  inputs: ["...xs"],
  // each input gets its own part of dy
  gradient: {
    xs: ({ xs, index, dy, at }) => {
      const axis = normalizeAxis(at.int("axis"), dy.rank);
      const lengths = xs.map((x) => x.dims[axis] as number);
      const start = lengths.slice(0, index).reduce((total, length) => total + length, 0);
      return slice(dy, [{ axis, start, end: start + (lengths[index] as number) }]);
    },
  },
  relevance: route,
  layout: "keeps",
  axes: (wires) => {
    const axis = axisAt(wires, 0);
    const known = wires.xs.find(({ axes }) => axes?.some(hasPlaces)) ?? wires.xs.find(({ axes }) => axes);
    const sizes = wires.xs.map(({ value }) => value.dims[axis] as number);
    const along = chained(
      wires.xs.map(({ axes }) => axes?.[axis]),
      sizes,
    );
    return known?.axes && withAxis(known.axes, axis, along);
  },
  sign: "keeps",
  ...plain,
});
