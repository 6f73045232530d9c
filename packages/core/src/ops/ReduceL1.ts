import { mul, sign } from "../graph/math.js";
import { defineOperator, share } from "./operator.js";
import { kept, REDUCTION_INPUTS } from "./reduction.js";

export const ReduceL1 = defineOperator({
  inputs: REDUCTION_INPUTS,
  // y = sum |x|, dx = dy sign(x)
  gradient: {
    x: (wires) => {
      return mul(kept(wires).dy, sign(wires.x));
    },
  },
  relevance: share,
});
