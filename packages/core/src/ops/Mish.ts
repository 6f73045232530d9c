import { add, mul, sigmoid, softplus, square, sub, tanh } from "../graph/math.js";
import { pointwise } from "./pointwise.js";

export const Mish = pointwise({
  // y = x t with t = tanh(softplus(x)), dx = dy (t + x sigmoid(x) (1 - t^2))
  dx: ({ x, dy }) => {
    const t = tanh(softplus(x));
    return mul(dy, add(t, mul(mul(x, sigmoid(x)), sub(1, square(t)))));
  },
  sign: "keeps",
  zero: "keeps",
});
