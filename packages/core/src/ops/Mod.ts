import { div, mul, neg, sub } from "../graph/math.js";
import { defineOperator, plain, stop } from "./operator.js";

export const Mod = defineOperator({
  inputs: ["a", "b"],
  // y = a - n b, where the whole number n is piecewise constant: da = dy, db = -n dy
  gradient: {
    a: ({ dy }) => dy,
    b: ({ a, b, y, dy }) => neg(mul(dy, div(sub(a, y), b))),
  },
  relevance: stop("a remainder has no relevance rule; choose a layer downstream of it"),
  layout: "keeps",
  sign: "keeps",
  ...plain,
});
