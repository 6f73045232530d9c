import { keptAbove } from "../graph/math.js";
import { pointwise } from "./pointwise.js";

export const ThresholdedRelu = pointwise({
  // y = x where x > alpha, else 0
  dx: ({ x, dy, at }) => keptAbove(dy, x, at.float("alpha", 1)),
  sign: "keeps",
  zero: "keeps",
});
