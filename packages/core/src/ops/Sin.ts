import { cos, mul } from "../graph/math.js";
import { defineOperator, pass } from "./operator.js";

export const Sin = defineOperator({
  inputs: ["x"],
  // d sin(x) = cos(x) dx
  gradient: {
    x: ({ x, dy }) => mul(dy, cos(x)),
  },
  relevance: pass,
});
