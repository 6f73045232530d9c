import { add, div, greater, mul, where } from "../graph/math.js";
import { pointwise } from "./pointwise.js";

export const Celu = pointwise({
  // y = x where x > 0, else alpha (exp(x / alpha) - 1), whose slope exp(x / alpha) is y / alpha + 1
  dx: ({ x, y, dy, at }) => where(greater(x, 0), dy, mul(dy, add(div(y, at.float("alpha", 1)), 1))),
  sign: "keeps",
  zero: "keeps",
});
