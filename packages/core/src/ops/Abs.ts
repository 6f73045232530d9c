import { mul, sign } from "../graph/math.js";
import { pointwise } from "./pointwise.js";

export const Abs = pointwise({
  // d|x| = sign(x) dx, 0 at 0
  dx: ({ x, dy }) => mul(dy, sign(x)),
  sign: "non-negative",
  zero: "keeps",
});
