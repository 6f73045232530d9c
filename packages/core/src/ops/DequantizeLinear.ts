import type { Value } from "../graph/graph.js";
import { mul } from "../graph/math.js";
import { numbersOf } from "../graph/tensor.js";
import { defineOperator, pass, piecewiseConstant } from "./operator.js";
import { alongAxis, RANGES } from "./quantization.js";

const HELD = piecewiseConstant("scales and zero points are held constant");

export const DequantizeLinear = defineOperator({
  inputs: ["x", "scale", "zero_point?"],
  // y = (x - zero_point) scale
  gradient: {
    x: ({ x, scale, dy, at, node }) => mul(dy, alongAxis(scale, x, at, node)),
    scale: HELD,
    zero_point: HELD,
  },
  relevance: pass,
  layout: "keeps",
  // the lowest integer stands for 0
  sign: ({ inputs: [x, , zero] }) => (x && lowest(x, zero) === 0 ? "non-negative" : "any"),
  zero: "keeps",
  gate: "scales",
  numbers: "quantized",
});

/** What the lowest integer is above the one that stands for 0; undefined where that is not known, or not the same for all. */
function lowest(x: Value, zero: Value | undefined): number | undefined {
  const range = RANGES[x.dtype ?? "other"];
  if (!range) return undefined;
  if (!zero) return range[0];
  const [first, ...others] = (zero.initializer && numbersOf(zero.initializer)) ?? [];
  return first === undefined || others.some((other) => other !== first) ? undefined : range[0] - first;
}
