import { concat, expand, scalar } from "../graph/math.js";
import { axisAt, sliced, withAxis } from "./axes.js";
import { defineOperator, plain, route } from "./operator.js";

export const Split = defineOperator({
  inputs: ["x", "split?"],
  everyOutput: true,
  // dx is the gradients of the parts, one after the other, with zeros for parts that the score does not depend on
  gradient: {
    x: ({ x, ys, dys, at }) => {
      const parts = ys.flatMap((y, i) => (y ? [dys[i] ?? expand(scalar(0, x), y.dims)] : []));
      return concat(parts, at.int("axis", 0));
    },
  },
  relevance: route,
  layout: "moves",
  axes: (wires) => {
    const { inputs, index, y, node } = wires;
    const axis = axisAt(wires, 0);
    const before = node.outputs.slice(0, index).reduce((sum, part) => sum + (part?.dims[axis] ?? 0), 0);
    const known = inputs.x?.axes;
    return known && withAxis(known, axis, sliced(known[axis] ?? [], before, y.dims[axis] as number));
  },
  sign: "keeps",
  ...plain,
});
