import { div, mul, neg } from "../graph/math.js";
import { defineOperator, gate } from "./operator.js";

export const Div = defineOperator({
  inputs: ["a", "b"],
  // d(a / b) = da / b - y / b db
  gradient: {
    a: ({ b, dy }) => div(dy, b),
    b: ({ b, y, dy }) => neg(mul(dy, div(y, b))),
  },
  relevance: gate,
  layout: "keeps",
  sign: "keeps",
  gate: "divides",
  numbers: "computed",
});
