import { defineOperator, plain, share } from "./operator.js";

export const CumSum = defineOperator({
  inputs: ["x", "axis"],
  // y_i = sum_{j <= i} x_j, dx_j = sum_{i >= j} dy_i: the running sum in the other direction
  gradient: {
    x: ({ axis, dy, at }) =>
      dy.graph.emit("CumSum", [dy, axis], {
        exclusive: at.int("exclusive", 0),
        reverse: 1 - at.int("reverse", 0),
      }),
  },
  relevance: share,
  layout: "keeps",
  sign: "keeps",
  ...plain,
});
