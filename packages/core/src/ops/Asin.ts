import { div, sqrt, square, sub } from "../graph/math.js";
import { pointwise } from "./pointwise.js";

export const Asin = pointwise({
  // d asin(x) = dx / sqrt(1 - x^2)
  dx: ({ x, dy }) => div(dy, sqrt(sub(1, square(x)))),
  sign: "keeps",
  zero: "keeps",
});
