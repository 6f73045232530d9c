import { mul, sub } from "../graph/math.js";
import { defineOperator, pass } from "./operator.js";

export const Sigmoid = defineOperator({
  inputs: ["x"],
  // dx = dy y (1 - y)
  gradient: {
    x: ({ y, dy }) => mul(dy, mul(y, sub(1, y))),
  },
  relevance: pass,
});
