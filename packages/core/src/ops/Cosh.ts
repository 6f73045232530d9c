import { mul, sinh } from "../graph/math.js";
import { pointwise } from "./pointwise.js";

export const Cosh = pointwise({
  // d cosh(x) = sinh(x) dx
  dx: ({ x, dy }) => mul(dy, sinh(x)),
  sign: "non-negative",
  zero: "any",
});
