import { add, div, greater, less, masked, mul, where } from "../graph/math.js";
import { defineOperator, pass } from "./operator.js";

export const HardSwish = defineOperator({
  inputs: ["x"],
  // y = x (x + 3) / 6 where -3 < x < 3, 0 below, x above: the slope between is x / 3 + 1/2
  gradient: {
    x: ({ x, dy }) => {
      const between = mul(dy, add(div(x, 3), 0.5));
      return where(less(x, 3), masked(between, greater(x, -3)), dy);
    },
  },
  relevance: pass,
});
