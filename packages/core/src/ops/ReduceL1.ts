import { mul, sign } from "../graph/math.js";
import { share } from "./operator.js";
import { reduction } from "./reduction.js";

export const ReduceL1 = reduction({
  // y = sum |x|, dx = dy sign(x)
  dx: ({ x, dy }) => mul(dy, sign(x)),
  relevance: share,
  sign: "non-negative",
});
