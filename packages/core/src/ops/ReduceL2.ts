import { div, equal, mul, where } from "../graph/math.js";
import { defineOperator, share } from "./operator.js";
import { kept, REDUCTION_INPUTS } from "./reduction.js";

export const ReduceL2 = defineOperator({
  inputs: REDUCTION_INPUTS,
  // y = sqrt(sum x^2), dx = dy x / y; 0 where all x are 0, as in PyTorch
  gradient: {
    x: (wires) => {
      const { y, dy } = kept(wires);
      return mul(wires.x, where(equal(y, 0), 0, div(dy, y)));
    },
  },
  relevance: share,
});
