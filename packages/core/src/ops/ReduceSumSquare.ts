import { mul } from "../graph/math.js";
import { defineOperator, stop } from "./operator.js";
import { kept, REDUCTION_INPUTS } from "./reduction.js";

export const ReduceSumSquare = defineOperator({
  inputs: REDUCTION_INPUTS,
  // y = sum x^2, dx = dy 2 x
  gradient: {
    x: (wires) => {
      return mul(mul(kept(wires).dy, 2), wires.x);
    },
  },
  relevance: stop("a sum of squares has no relevance rule; choose a layer behind it"),
});
