import { exp, mul, sub } from "../graph/math.js";
import { stop } from "./operator.js";
import { reduction } from "./reduction.js";

export const ReduceLogSumExp = reduction({
  // y = log sum exp(x), dx = dy exp(x - y)
  dx: ({ x, y, dy }) => mul(dy, exp(sub(x, y))),
  relevance: stop("a logarithm of a sum has no relevance rule; choose a layer downstream of it"),
  sign: "any",
});
