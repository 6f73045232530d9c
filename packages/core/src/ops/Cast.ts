import { cast, scalar } from "../graph/math.js";
import { isFloat } from "../graph/tensor.js";
import { defineOperator, pass } from "./operator.js";

export const Cast = defineOperator({
  inputs: ["x"],
  // the same numbers in another precision; whole numbers are piecewise constant, so they have no part in the gradient
  gradient: {
    x: ({ x, y, dy }) => (x.dtype && isFloat(x.dtype) && isFloat(y.dtype) ? cast(dy, x.dtype) : scalar(0, x)),
  },
  relevance: pass,
});
