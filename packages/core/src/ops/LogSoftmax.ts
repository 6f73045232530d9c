import { exp, mul, sub, sum } from "../graph/math.js";
import { normalizeAxis } from "../graph/shapes.js";
import { defineOperator, plain, stop } from "./operator.js";

export const LogSoftmax = defineOperator({
  inputs: ["x"],
  // dx = dy - softmax(x) sum(dy), the sum along the axis; softmax(x) = exp(y)
  gradient: {
    x: ({ y, dy, at }) => sub(dy, mul(exp(y), sum(dy, [normalizeAxis(at.int("axis", -1), y.rank)]))),
  },
  relevance: stop("relevance does not pass a softmax; explain the logit before it"),
  layout: "keeps",
  sign: "any",
  scores: "softmax",
  ...plain,
});
