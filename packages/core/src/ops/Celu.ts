import { add, div, greater, mul, where } from "../graph/math.js";
import { defineOperator, pass } from "./operator.js";

export const Celu = defineOperator({
  inputs: ["x"],
  // y = x where x > 0, else alpha (exp(x / alpha) - 1), whose slope exp(x / alpha) is y / alpha + 1
  gradient: {
    x: ({ x, y, dy, at }) => where(greater(x, 0), dy, mul(dy, add(div(y, at.float("alpha", 1)), 1))),
  },
  relevance: pass,
});
