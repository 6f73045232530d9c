import { cos, mul } from "../graph/math.js";
import { pointwise } from "./pointwise.js";

export const Sin = pointwise({
  // d sin(x) = cos(x) dx
  dx: ({ x, dy }) => mul(dy, cos(x)),
  sign: "any",
  zero: "keeps",
});
