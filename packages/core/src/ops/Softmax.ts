import { mul, sub, sum } from "../graph/math.js";
import { normalizeAxis } from "../graph/shapes.js";
import { defineOperator, stop } from "./operator.js";

export const Softmax = defineOperator({
  inputs: ["x"],
  // dx = y (dy - sum(y dy)), the sum along the axis
  gradient: {
    x: ({ y, dy, at }) => mul(y, sub(dy, sum(mul(y, dy), [normalizeAxis(at.int("axis", -1), y.rank)]))),
  },
  relevance: stop("relevance does not pass a softmax that is not a gate; explain the logit before it"),
  layout: "keeps",
  sign: "non-negative",
  gate: "opens",
  numbers: "computed",
  scores: "softmax",
});
