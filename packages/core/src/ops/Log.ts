import { div } from "../graph/math.js";
import { pointwise } from "./pointwise.js";

export const Log = pointwise({
  // d log(x) = dx / x
  dx: ({ x, dy }) => div(dy, x),
  sign: "any",
  zero: "any",
});
