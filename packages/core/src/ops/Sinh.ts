import { cosh, mul } from "../graph/math.js";
import { pointwise } from "./pointwise.js";

export const Sinh = pointwise({
  // d sinh(x) = cosh(x) dx
  dx: ({ x, dy }) => mul(dy, cosh(x)),
  sign: "keeps",
  zero: "keeps",
});
