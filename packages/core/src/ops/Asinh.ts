import { add, div, sqrt, square } from "../graph/math.js";
import { pointwise } from "./pointwise.js";

export const Asinh = pointwise({
  // d asinh(x) = dx / sqrt(x^2 + 1)
  dx: ({ x, dy }) => div(dy, sqrt(add(square(x), 1))),
  sign: "keeps",
  zero: "keeps",
});
