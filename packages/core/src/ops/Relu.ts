import { keptAbove } from "../graph/math.js";
import { pointwise } from "./pointwise.js";

export const Relu = pointwise({
  // dx = dy where y > 0
  dx: ({ y, dy }) => keptAbove(dy, y, 0),
  sign: "non-negative",
  zero: "keeps",
  rectifies: true,
});
