import type { Node, Value } from "../graph/graph.js";
import { div, keptAbove, keptBelow, less, masked, mul } from "../graph/math.js";
import { numbersOf, sizeOf } from "../graph/tensor.js";
import { defineOperator, pass, piecewiseConstant, type Wires } from "./operator.js";
import { alongAxis, RANGES, standForThemselves } from "./quantization.js";

const HELD = piecewiseConstant("scales and zero points are held constant");

type QuantizeWires = Wires<"x" | "scale" | "zero_point?">;

/**
 * y = clamp(round(x / scale) + zero_point)
 *
 * Gradients pass straight through the rounding. A range that starts at 0 stands for the ReLU that quantizers leave out, or for
 * a ReLU6, and cuts off what is beyond it; other ranges are as wide as some pictures needed it, and cut off nothing: a
 * class whose logit is the largest that was seen still has a gradient.
 */
export const QuantizeLinear = defineOperator({
  inputs: ["x", "scale", "zero_point?"],
  gradient: {
    x: (wires) => inUnits(inRange(wires), wires),
    scale: HELD,
    zero_point: HELD,
  },
  relevance: pass,
  layout: "copies",
  sign: "any",
  zero: "keeps",
  gate: "none",
  numbers: "quantized",
  rectifies: startsAtZero,
  active: (wires) => inUnits(wires.dy, wires),
});

const inUnits = (dy: Value, { scale, x, at, node }: QuantizeWires): Value => div(dy, alongAxis(scale, x, at, node));

/** dy where x is no less than 0 and no more than what rounds to the highest integer, if the range starts at 0. */
function inRange({ x, y, scale, dy, node }: QuantizeWires): Value {
  if (!startsAtZero(node)) return dy;
  const [low, high] = RANGES[y.dtype ?? "other"] as readonly [number, number];
  const top = high - low + 0.5;
  const above = keptAbove(dy, x, 0);
  const [s] = (scale.initializer && numbersOf(scale.initializer)) ?? [];
  if (s !== undefined && sizeOf(scale.dims) === 1) return keptBelow(above, x, top * s);
  return masked(above, less(x, mul(alongAxis(scale, x, node.at, node), top)));
}

/** Whether the lowest integer stands for 0, unless it is that of a pixel. */
function startsAtZero(node: Node): boolean {
  const {
    inputs: [, , zero_point],
    output,
  } = node;
  const range = RANGES[output.dtype ?? "other"];
  if (standForThemselves(node)) return false;
  const zeros = zero_point ? ((zero_point.initializer && numbersOf(zero_point.initializer)) ?? []) : [0];
  return range !== undefined && zeros.length > 0 && zeros.every((zero) => zero === range[0]);
}
