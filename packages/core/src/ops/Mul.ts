import { mul } from "../graph/math.js";
import { defineOperator, gate } from "./operator.js";

export const Mul = defineOperator({
  inputs: ["a", "b"],
  // d(a b) = b da + a db
  gradient: {
    a: ({ b, dy }) => mul(dy, b),
    b: ({ a, dy }) => mul(dy, a),
  },
  relevance: gate,
  layout: "keeps",
  sign: "keeps",
  gate: "scales",
  numbers: "computed",
});
