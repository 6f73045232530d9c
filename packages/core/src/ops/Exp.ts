import { mul } from "../graph/math.js";
import { defineOperator } from "./operator.js";

export const Exp = defineOperator({
  inputs: ["x"],
  // d exp(x) = y dx
  gradient: {
    x: ({ y, dy }) => mul(dy, y),
  },
});
