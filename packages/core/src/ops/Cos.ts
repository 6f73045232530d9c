import { mul, neg, sin } from "../graph/math.js";
import { pointwise } from "./pointwise.js";

export const Cos = pointwise({
  // d cos(x) = -sin(x) dx
  dx: ({ x, dy }) => neg(mul(dy, sin(x))),
  sign: "any",
  zero: "any",
});
