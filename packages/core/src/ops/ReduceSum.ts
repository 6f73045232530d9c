import { defineOperator, share } from "./operator.js";
import { kept, REDUCTION_INPUTS } from "./reduction.js";

export const ReduceSum = defineOperator({
  inputs: REDUCTION_INPUTS,
  // y = sum x, dx = dy
  gradient: {
    x: (wires) => kept(wires).dy,
  },
  relevance: share,
});
