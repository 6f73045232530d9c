import { mul, neg, sin } from "../graph/math.js";
import { defineOperator, pass } from "./operator.js";

export const Cos = defineOperator({
  inputs: ["x"],
  // d cos(x) = -sin(x) dx
  gradient: {
    x: ({ x, dy }) => neg(mul(dy, sin(x))),
  },
  relevance: pass,
});
