import { neg } from "../graph/math.js";
import { defineOperator, share } from "./operator.js";

export const Sub = defineOperator({
  inputs: ["a", "b"],
  // d(a - b) = da - db
  gradient: {
    a: ({ dy }) => dy,
    b: ({ dy }) => neg(dy),
  },
  relevance: share,
  layout: "keeps",
  sign: "any",
  gate: "scales",
  numbers: "computed",
});
