import { add, mul, sigmoid, softplus, square, sub, tanh } from "../graph/math.js";
import { defineOperator, pass } from "./operator.js";

export const Mish = defineOperator({
  inputs: ["x"],
  // y = x t with t = tanh(softplus(x)), dx = dy (t + x sigmoid(x) (1 - t^2))
  gradient: {
    x: ({ x, dy }) => {
      const t = tanh(softplus(x));
      return mul(dy, add(t, mul(mul(x, sigmoid(x)), sub(1, square(t)))));
    },
  },
  relevance: pass,
});
