import { add, greater, mul, where } from "../graph/math.js";
import { pointwise } from "./pointwise.js";

export const Elu = pointwise({
  // y = x where x > 0, else alpha (exp(x) - 1), whose slope alpha exp(x) is y + alpha
  dx: ({ x, y, dy, at }) => where(greater(x, 0), dy, mul(dy, add(y, at.float("alpha", 1)))),
  sign: "keeps",
  zero: "keeps",
});
