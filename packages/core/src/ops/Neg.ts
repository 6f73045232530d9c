import { neg } from "../graph/math.js";
import { pointwise } from "./pointwise.js";

export const Neg = pointwise({
  // d(-x) = -dx
  dx: ({ dy }) => neg(dy),
  sign: "any",
  zero: "keeps",
});
