import { where } from "../graph/math.js";
import { defineOperator, piecewiseConstant, plain, route } from "./operator.js";

export const Where = defineOperator({
  inputs: ["condition", "a", "b"],
  // y = a where the condition holds, else b
  gradient: {
    condition: piecewiseConstant("a condition is piecewise constant"),
    a: ({ condition, dy }) => where(condition, dy, 0),
    b: ({ condition, dy }) => where(condition, 0, dy),
  },
  relevance: route,
  layout: "keeps",
  sign: "keeps",
  ...plain,
});
