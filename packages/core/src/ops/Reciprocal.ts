import { mul, neg, square } from "../graph/math.js";
import { defineOperator, pass } from "./operator.js";

export const Reciprocal = defineOperator({
  inputs: ["x"],
  // d(1/x) = -y^2 dx
  gradient: {
    x: ({ y, dy }) => neg(mul(dy, square(y))),
  },
  relevance: pass,
});
