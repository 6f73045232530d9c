import { add, greater, mul, where } from "../graph/math.js";
import { defineOperator, pass } from "./operator.js";

export const Elu = defineOperator({
  inputs: ["x"],
  // y = x where x > 0, else alpha (exp(x) - 1), whose slope alpha exp(x) is y + alpha
  gradient: {
    x: ({ x, y, dy, at }) => where(greater(x, 0), dy, mul(dy, add(y, at.float("alpha", 1)))),
  },
  relevance: pass,
});
