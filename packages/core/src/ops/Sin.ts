import { cos, mul } from "../graph/math.js";
import { defineOperator } from "./operator.js";

export const Sin = defineOperator({
  inputs: ["x"],
  // d sin(x) = cos(x) dx
  gradient: {
    x: ({ x, dy }) => mul(dy, cos(x)),
  },
});
