import { div, mul } from "../graph/math.js";
import { pointwise } from "./pointwise.js";

export const Sqrt = pointwise({
  // d sqrt(x) = dx / (2 y)
  dx: ({ y, dy }) => div(dy, mul(y, 2)),
  sign: "non-negative",
  zero: "keeps",
});
