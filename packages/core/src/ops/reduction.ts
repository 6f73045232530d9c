import { constantNumbers, type Value } from "../graph/graph.js";
import { reshape } from "../graph/math.js";
import { normalizeAxis } from "../graph/shapes.js";
import { numbersAt } from "./axes.js";
import { type Behavior, defineOperator, type Facts, type Operator, plain, type Stop, type Wires } from "./operator.js";

/** What a reduction's gradient sees; y and dy have the shape of keepdims = 1, so that they broadcast to that of x. */
export interface ReductionWires {
  readonly x: Value;
  readonly y: Value;
  readonly dy: Value;
  /** The axes that are reduced. */
  readonly axes: readonly number[];
}

/** Defines an operator that reduces the axes that its second input names to one number. */
export const reduction = ({
  dx,
  relevance,
  sign,
}: {
  readonly dx: (wires: ReductionWires) => Value;
  readonly relevance: Exclude<Behavior, "pass"> | Stop;
  readonly sign: Facts["sign"];
}): Operator =>
  defineOperator({
    inputs: ["x", "axes?"],
    gradient: { x: (wires) => dx(kept(wires)) },
    relevance,
    layout: "ends",
    axes: ({ inputs: { x, axes }, y, at, node }) => {
      const reduced =
        x && (numbersAt(axes, node) ?? x.value.dims.map((_, i) => i)).map((axis) => normalizeAxis(axis, x.value.rank));
      if (!x?.axes || !reduced || (!axes && at.int("noop_with_empty_axes", 0))) return undefined;
      const emptied = x.axes.map((along, axis) => (reduced.includes(axis) ? [] : along));
      return emptied.length === y.rank ? emptied : emptied.filter((_, axis) => !reduced.includes(axis));
    },
    sign,
    ...plain,
  });

function kept(wires: Wires<"x" | "axes?">): ReductionWires {
  const { x } = wires;
  const axes = reducedAxes(wires);
  const shape = x.dims.map((d, axis) => (axes.includes(axis) ? 1 : d));
  return { x, axes, y: reshape(wires.y, shape), dy: reshape(wires.dy, shape) };
}

/** The axes that are reduced: the given ones, else all, or none with `noop_with_empty_axes`. */
function reducedAxes({ x, axes, at, node }: Wires<"x" | "axes?">): number[] {
  const given = axes ? constantNumbers(axes, "the axes", node.label) : [];
  if (given.length > 0) return given.map((axis) => normalizeAxis(axis, x.rank));
  return at.int("noop_with_empty_axes", 0) ? [] : x.dims.map((_, axis) => axis);
}
