import { add, div, greater, less, masked, mul, where } from "../graph/math.js";
import { pointwise } from "./pointwise.js";

export const HardSwish = pointwise({
  // y = x (x + 3) / 6 where -3 < x < 3, 0 below, x above: the slope between is x / 3 + 1/2
  dx: ({ x, dy }) => {
    const between = mul(dy, add(div(x, 3), 0.5));
    return where(less(x, 3), masked(between, greater(x, -3)), dy);
  },
  sign: "keeps",
  zero: "keeps",
});
