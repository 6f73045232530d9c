import { concat, expand, scalar } from "../graph/math.js";
import { type AxesWires, afterTaking, axisAt, type Taken } from "./axes.js";
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
  takes,
  axes: (wires) => afterTaking(wires.inputs.x?.axes, takes(wires)),
  sign: "keeps",
  ...plain,
});

function takes(wires: AxesWires): Taken[] {
  const { index, y, node } = wires;
  const axis = axisAt(wires, 0);
  const first = node.outputs.slice(0, index).reduce((sum, part) => sum + (part?.dims[axis] ?? 0), 0);
  return [{ axis, first, count: y.dims[axis] as number, step: 1 }];
}
