import { keptAbove, keptBelow, mul } from "../graph/math.js";
import { pointwise } from "./pointwise.js";

export const HardSigmoid = pointwise({
  // y = alpha x + beta, clipped to [0, 1]: dx = alpha dy where 0 < y < 1
  dx: ({ y, dy, at }) => keptBelow(keptAbove(mul(dy, at.float("alpha", 0.2)), y, 0), y, 1),
  sign: "non-negative",
  zero: ({ at }) => (at.float("beta", 0.5) <= 0 ? "keeps" : "any"),
  gate: "opens",
  scores: "sigmoid",
  roughly: true,
});
