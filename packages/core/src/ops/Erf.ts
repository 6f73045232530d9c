import { exp, mul, neg, square } from "../graph/math.js";
import { pointwise } from "./pointwise.js";

export const Erf = pointwise({
  // dx = dy 2 / sqrt(pi) exp(-x^2)
  dx: ({ x, dy }) => mul(dy, mul(exp(neg(square(x))), 2 / Math.sqrt(Math.PI))),
  sign: "keeps",
  zero: "keeps",
});
