import { add, mul, square } from "../graph/math.js";
import { pointwise } from "./pointwise.js";

export const Tan = pointwise({
  // d tan(x) = (1 + y^2) dx
  dx: ({ y, dy }) => mul(dy, add(square(y), 1)),
  sign: "any",
  zero: "keeps",
});
