import { mul, sigmoid } from "../graph/math.js";
import { defineOperator, pass } from "./operator.js";

export const Softplus = defineOperator({
  inputs: ["x"],
  // y = log(1 + exp(x)), dx = dy sigmoid(x)
  gradient: {
    x: ({ x, dy }) => mul(dy, sigmoid(x)),
  },
  relevance: pass,
});
