import { mul, sigmoid } from "../graph/math.js";
import { pointwise } from "./pointwise.js";

export const Softplus = pointwise({
  // y = log(1 + exp(x)), dx = dy sigmoid(x)
  dx: ({ x, dy }) => mul(dy, sigmoid(x)),
  sign: "non-negative",
  zero: "any",
});
