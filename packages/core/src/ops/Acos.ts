import { div, neg, sqrt, square, sub } from "../graph/math.js";
import { pointwise } from "./pointwise.js";

export const Acos = pointwise({
  // d acos(x) = -dx / sqrt(1 - x^2)
  dx: ({ x, dy }) => neg(div(dy, sqrt(sub(1, square(x))))),
  sign: "non-negative",
  zero: "any",
});
