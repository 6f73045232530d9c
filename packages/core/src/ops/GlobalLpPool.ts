import { mul } from "../graph/math.js";
import { defineOperator, plain, share } from "./operator.js";
import { ofNorm, ofNumbers } from "./p-norm.js";

export const GlobalLpPool = defineOperator({
  inputs: ["x"],
  // y = (sum |x|^p)^(1/p) over all positions
  gradient: {
    x: ({ x, y, dy, at }) => {
      const p = at.int("p", 2);
      return mul(ofNumbers(x, p), ofNorm(dy, y, p));
    },
  },
  relevance: share,
  layout: "ends",
  sign: "non-negative",
  ...plain,
});
