import { neg } from "../graph/math.js";
import { defineOperator, pass } from "./operator.js";

export const Neg = defineOperator({
  inputs: ["x"],
  // d(-x) = -dx
  gradient: {
    x: ({ dy }) => neg(dy),
  },
  relevance: pass,
});
