import { defineOperator, flat } from "./operator.js";

export const Greater = defineOperator({
  inputs: ["a", "b"],
  gradient: flat("a comparison is piecewise constant"),
});
