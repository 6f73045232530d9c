import { div, exp } from "../graph/math.js";
import { defineOperator, stop } from "./operator.js";
import { kept, REDUCTION_INPUTS } from "./reduction.js";

export const ReduceLogSum = defineOperator({
  inputs: REDUCTION_INPUTS,
  // y = log sum x, dx = dy / exp(y)
  gradient: {
    x: (wires) => {
      const { y, dy } = kept(wires);
      return div(dy, exp(y));
    },
  },
  relevance: stop("a logarithm of a sum has no relevance rule; choose a layer behind it"),
});
