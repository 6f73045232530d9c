import { keptAbove } from "../graph/math.js";
import { defineOperator, pass } from "./operator.js";

export const ThresholdedRelu = defineOperator({
  inputs: ["x"],
  // dx = dy where x > alpha
  gradient: {
    x: ({ x, dy, at }) => keptAbove(dy, x, at.float("alpha", 1)),
  },
  relevance: pass,
});
