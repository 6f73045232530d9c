import { constantNumbers, type Value } from "../graph/graph.js";
import { expand, gather, pad, reshape, scalar } from "../graph/math.js";
import { normalizeAxis } from "../graph/shapes.js";
import { sizeOf } from "../graph/tensor.js";
import { unmixAlong } from "./along-axis.js";
import { type AxesWires, afterTaking, numbersAt, type Taken } from "./axes.js";
import { defineOperator, plain, route } from "./operator.js";
import { byPositions } from "./piecewise-constant.js";

export const Gather = defineOperator({
  inputs: ["x", "indices"],
  // dx[j] = sum of dy over the positions that read index j
  gradient: {
    x: ({ x, indices, dy, at, node }) => {
      const axis = normalizeAxis(at.int("axis", 0), x.rank);
      const length = x.dims[axis] as number;
      if (!indices.initializer) return scattered(x, indices, dy, axis);
      const asked = constantNumbers(indices, "indices", node.label).map((j) => normalizeAxis(j, length));
      const line = reshape(dy, [...x.dims.slice(0, axis), asked.length, ...x.dims.slice(axis + 1)]);
      const positionOf = new Map(asked.map((j, position) => [j, position]));
      if (positionOf.size < asked.length) {
        return unmixAlong(
          line,
          axis,
          asked.map((j) => [[j, 1]]),
          length,
        );
      }
      // at most one position for each j: take it, or the zero after the end
      const found = asked.length === length ? line : pad(line, oneAfter(axis, x.rank));
      const back = Array.from({ length }, (_, j) => positionOf.get(j) ?? asked.length);
      return gather(found, back, axis);
    },
    indices: byPositions,
  },
  relevance: route,
  layout: "moves",
  takes,
  axes: (wires) => {
    const { x, indices } = wires.inputs;
    const taken = takes(wires);
    const axes = afterTaking(x?.axes, taken);
    return indices?.value.rank === 1 ? axes : axes?.filter((_, i) => i !== taken?.[0]?.axis);
  },
  sign: "keeps",
  ...plain,
});

/** Only neighbors in their order. */
function takes({ inputs: { x, indices }, at, node }: AxesWires): Taken[] | undefined {
  const axis = normalizeAxis(at.int("axis", 0), x?.value.rank ?? 1);
  const asked = numbersAt(indices, node)?.map((j) => normalizeAxis(j, x?.value.dims[axis] as number));
  const [first = 0] = asked ?? [];
  if (!asked?.every((j, i) => j === first + i) || (indices?.value.rank ?? 0) > 1) return undefined;
  return [{ axis, first, count: asked.length, step: 1 }];
}

/** For indices that are not constant: adds each line of dy at the place that it was read from. */
function scattered(x: Value, indices: Value, dy: Value, axis: number): Value {
  const count = sizeOf(indices.dims);
  const lines = reshape(dy, [...x.dims.slice(0, axis), count, ...x.dims.slice(axis + 1)]);
  const positions = reshape(indices, [count, ...x.dims.slice(axis + 1).map(() => 1)]);
  const zeros = expand(scalar(0, x), x.dims);
  return dy.graph.emit("ScatterElements", [zeros, expand(positions, lines.dims), lines], { axis, reduction: "add" });
}

/** Pads that add one element at the end of an axis. */
const oneAfter = (axis: number, rank: number): number[] =>
  Array.from({ length: 2 * rank }, (_, i) => (i === axis + rank ? 1 : 0));
