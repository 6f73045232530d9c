import { abs, add, div, square } from "../graph/math.js";
import { pointwise } from "./pointwise.js";

export const Softsign = pointwise({
  // y = x / (1 + |x|), dx = dy / (1 + |x|)^2
  dx: ({ x, dy }) => div(dy, square(add(abs(x), 1))),
  sign: "keeps",
  zero: "keeps",
});
