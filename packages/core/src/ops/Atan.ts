import { add, div, square } from "../graph/math.js";
import { pointwise } from "./pointwise.js";

export const Atan = pointwise({
  // d atan(x) = dx / (1 + x^2)
  dx: ({ x, dy }) => div(dy, add(square(x), 1)),
  sign: "keeps",
  zero: "keeps",
});
