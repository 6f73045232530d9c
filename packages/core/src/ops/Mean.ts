import { div } from "../graph/math.js";
import { defineOperator, plain, share } from "./operator.js";

export const Mean = defineOperator({
  inputs: ["...x"],
  // y = 1/n sum_i x_i, dx_i = dy / n
  gradient: {
    x: ({ xs, dy }) => div(dy, xs.length),
  },
  relevance: share,
  layout: "keeps",
  sign: "keeps",
  ...plain,
});
