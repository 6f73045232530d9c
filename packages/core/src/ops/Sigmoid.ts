import { mul, sub } from "../graph/math.js";
import { pointwise } from "./pointwise.js";

export const Sigmoid = pointwise({
  // dx = dy y (1 - y)
  dx: ({ y, dy }) => mul(dy, mul(y, sub(1, y))),
  sign: "non-negative",
  zero: "any",
  gate: "opens",
  scores: "sigmoid",
});
