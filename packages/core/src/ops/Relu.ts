import { keptAbove } from "../graph/math.js";
import { defineOperator, pass } from "./operator.js";

export const Relu = defineOperator({
  inputs: ["x"],
  // dx = dy where y > 0
  gradient: {
    x: ({ y, dy }) => keptAbove(dy, y, 0),
  },
  relevance: pass,
});
