import { mul } from "../graph/math.js";
import { pointwise } from "./pointwise.js";

export const Exp = pointwise({
  // d exp(x) = y dx
  dx: ({ y, dy }) => mul(dy, y),
  sign: "non-negative",
  zero: "any",
});
