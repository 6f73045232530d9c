import { neg } from "../graph/math.js";
import { defineOperator } from "./operator.js";

export const Neg = defineOperator({
  inputs: ["x"],
  // d(-x) = -dx
  gradient: {
    x: ({ dy }) => neg(dy),
  },
});
