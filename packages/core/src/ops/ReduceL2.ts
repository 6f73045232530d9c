import { div, equal, mul, where } from "../graph/math.js";
import { share } from "./operator.js";
import { reduction } from "./reduction.js";

export const ReduceL2 = reduction({
  // y = sqrt(sum x^2), dx = dy x / y; 0 where all x are 0, as in PyTorch
  dx: ({ x, y, dy }) => mul(x, where(equal(y, 0), 0, div(dy, y))),
  relevance: share,
  sign: "non-negative",
});
