import { mul, square, sub } from "../graph/math.js";
import { defineOperator, pass } from "./operator.js";

export const Tanh = defineOperator({
  inputs: ["x"],
  // dx = dy (1 - y^2)
  gradient: {
    x: ({ y, dy }) => mul(dy, sub(1, square(y))),
  },
  relevance: pass,
});
