import { mul } from "../graph/math.js";
import { defineOperator, plain, share } from "./operator.js";
import { ofNorm, ofNumbers } from "./p-norm.js";
import { windowAxes } from "./window.js";
import { sumBack } from "./window-sum.js";

export const LpPool = defineOperator({
  inputs: ["x"],
  // y[q] = (sum |x|^p over window q)^(1/p)
  gradient: {
    x: ({ x, y, dy, at }) => {
      const p = at.int("p", 2);
      const axes = windowAxes(at, x, y, at.ints("kernel_shape"));
      return mul(ofNumbers(x, p), sumBack(ofNorm(dy, y, p), axes));
    },
  },
  relevance: share,
  layout: "pools",
  sign: "non-negative",
  ...plain,
});
