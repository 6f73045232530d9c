import { add, div, square } from "../graph/math.js";
import { defineOperator, pass } from "./operator.js";

export const Atan = defineOperator({
  inputs: ["x"],
  // d atan(x) = dx / (1 + x^2)
  gradient: {
    x: ({ x, dy }) => div(dy, add(square(x), 1)),
  },
  relevance: pass,
});
