import { div, square, sub } from "../graph/math.js";
import { pointwise } from "./pointwise.js";

export const Atanh = pointwise({
  // d atanh(x) = dx / (1 - x^2)
  dx: ({ x, dy }) => div(dy, sub(1, square(x))),
  sign: "keeps",
  zero: "keeps",
});
