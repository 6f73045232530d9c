import type { Value } from "../graph/graph.js";
import { constantNumbers } from "../graph/graph.js";
import { reshape } from "../graph/math.js";
import { normalizeAxis } from "../graph/shapes.js";
import type { Wires } from "./operator.js";

/** The inputs that all reductions have. */
export const REDUCTION_INPUTS = ["x", "axes?"] as const;

type ReductionWires = Wires<(typeof REDUCTION_INPUTS)[number]>;

/** The axes that a reduction sums (or the like) over; none where it is told to do nothing without axes. */
export function reducedAxes({ x, axes, at, node }: ReductionWires): number[] {
  const given = axes ? constantNumbers(axes, "the axes", node.label) : [];
  if (given.length > 0) return given.map((axis) => normalizeAxis(axis, x.rank));
  return at.int("noop_with_empty_axes", 0) ? [] : x.dims.map((_, axis) => axis);
}

/**
 * y and dy as with keepdims = 1, so that they broadcast against x.
 * @returns with the axes, and the output and its gradient with size 1 along them
 */
export function kept(wires: ReductionWires): { axes: number[]; y: Value; dy: Value } {
  const axes = reducedAxes(wires);
  const shape = wires.x.dims.map((d, axis) => (axes.includes(axis) ? 1 : d));
  return { axes, y: reshape(wires.y, shape), dy: reshape(wires.dy, shape) };
}
