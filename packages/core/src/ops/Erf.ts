import { exp, mul, neg, square } from "../graph/math.js";
import { defineOperator, pass } from "./operator.js";

export const Erf = defineOperator({
  inputs: ["x"],
  // dx = dy 2 / sqrt(pi) exp(-x^2)
  gradient: {
    x: ({ x, dy }) => mul(dy, mul(exp(neg(square(x))), 2 / Math.sqrt(Math.PI))),
  },
  relevance: pass,
});
