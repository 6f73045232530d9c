import { abs, add, div, square } from "../graph/math.js";
import { defineOperator, pass } from "./operator.js";

export const Softsign = defineOperator({
  inputs: ["x"],
  // y = x / (1 + |x|), dx = dy / (1 + |x|)^2
  gradient: {
    x: ({ x, dy }) => div(dy, square(add(abs(x), 1))),
  },
  relevance: pass,
});
