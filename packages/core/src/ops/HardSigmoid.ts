import { and, greater, less, masked, mul } from "../graph/math.js";
import { defineOperator } from "./operator.js";

export const HardSigmoid = defineOperator({
  inputs: ["x"],
  // y = alpha x + beta, clipped to [0, 1]: dx = alpha dy where 0 < y < 1
  gradient: {
    x: ({ y, dy, at }) => masked(mul(dy, at.float("alpha", 0.2)), and(greater(y, 0), less(y, 1))),
  },
});
