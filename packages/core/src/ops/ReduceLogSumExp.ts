import { exp, mul, sub } from "../graph/math.js";
import { defineOperator, stop } from "./operator.js";
import { kept, REDUCTION_INPUTS } from "./reduction.js";

export const ReduceLogSumExp = defineOperator({
  inputs: REDUCTION_INPUTS,
  // y = log sum exp(x), dx = dy exp(x - y)
  gradient: {
    x: (wires) => {
      const { y, dy } = kept(wires);
      return mul(dy, exp(sub(wires.x, y)));
    },
  },
  relevance: stop("a logarithm of a sum has no relevance rule; choose a layer behind it"),
});
