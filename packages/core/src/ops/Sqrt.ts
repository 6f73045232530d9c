import { div, mul } from "../graph/math.js";
import { defineOperator, pass } from "./operator.js";

export const Sqrt = defineOperator({
  inputs: ["x"],
  // d sqrt(x) = dx / (2 y)
  gradient: {
    x: ({ y, dy }) => div(dy, mul(y, 2)),
  },
  relevance: pass,
});
