import { add, div, mul, sqrt, sub } from "../graph/math.js";
import { pointwise } from "./pointwise.js";

export const Acosh = pointwise({
  // d acosh(x) = dx / sqrt(x^2 - 1), written as (x - 1) (x + 1) for x close to 1
  dx: ({ x, dy }) => div(dy, sqrt(mul(sub(x, 1), add(x, 1)))),
  sign: "non-negative",
  zero: "any",
});
