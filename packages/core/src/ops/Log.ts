import { div } from "../graph/math.js";
import { defineOperator, pass } from "./operator.js";

export const Log = defineOperator({
  inputs: ["x"],
  // d log(x) = dx / x
  gradient: {
    x: ({ x, dy }) => div(dy, x),
  },
  relevance: pass,
});
