import { mul, sign } from "../graph/math.js";
import { defineOperator, pass } from "./operator.js";

export const Abs = defineOperator({
  inputs: ["x"],
  // d|x| = sign(x) dx, 0 at 0
  gradient: {
    x: ({ x, dy }) => mul(dy, sign(x)),
  },
  relevance: pass,
});
