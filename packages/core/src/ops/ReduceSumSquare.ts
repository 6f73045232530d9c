import { mul } from "../graph/math.js";
import { stop } from "./operator.js";
import { reduction } from "./reduction.js";

export const ReduceSumSquare = reduction({
  // y = sum x^2, dx = dy 2 x
  dx: ({ x, dy }) => mul(mul(dy, 2), x),
  relevance: stop("a sum of squares has no relevance rule; choose a layer downstream of it"),
  sign: "non-negative",
});
