import { div, exp } from "../graph/math.js";
import { stop } from "./operator.js";
import { reduction } from "./reduction.js";

export const ReduceLogSum = reduction({
  // y = log sum x, dx = dy / exp(y)
  dx: ({ y, dy }) => div(dy, exp(y)),
  relevance: stop("a logarithm of a sum has no relevance rule; choose a layer downstream of it"),
  sign: "any",
});
