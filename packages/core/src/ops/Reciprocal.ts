import { mul, neg, square } from "../graph/math.js";
import { pointwise } from "./pointwise.js";

export const Reciprocal = pointwise({
  // d(1/x) = -y^2 dx
  dx: ({ y, dy }) => neg(mul(dy, square(y))),
  sign: "keeps",
  zero: "any",
});
