import { defineOperator, plain, share } from "./operator.js";

export const Sum = defineOperator({
  inputs: ["...x"],
  // y = sum_i x_i, dx_i = dy
  gradient: {
    x: ({ dy }) => dy,
  },
  relevance: share,
  layout: "keeps",
  sign: "keeps",
  ...plain,
});
