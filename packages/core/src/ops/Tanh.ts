import { mul, square, sub } from "../graph/math.js";
import { pointwise } from "./pointwise.js";

export const Tanh = pointwise({
  // dx = dy (1 - y^2)
  dx: ({ y, dy }) => mul(dy, sub(1, square(y))),
  sign: "keeps",
  zero: "keeps",
  gate: "opens",
});
