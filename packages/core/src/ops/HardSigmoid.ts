import { keptAbove, keptBelow, mul } from "../graph/math.js";
import { defineOperator, pass } from "./operator.js";

export const HardSigmoid = defineOperator({
  inputs: ["x"],
  // y = alpha x + beta, clipped to [0, 1]: dx = alpha dy where 0 < y < 1
  gradient: {
    x: ({ y, dy, at }) => keptBelow(keptAbove(mul(dy, at.float("alpha", 0.2)), y, 0), y, 1),
  },
  relevance: pass,
});
