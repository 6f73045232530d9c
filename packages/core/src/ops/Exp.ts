import { mul } from "../graph/math.js";
import { defineOperator, pass } from "./operator.js";

export const Exp = defineOperator({
  inputs: ["x"],
  // d exp(x) = y dx
  gradient: {
    x: ({ y, dy }) => mul(dy, y),
  },
  relevance: pass,
});
