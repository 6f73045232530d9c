import { div } from "../graph/math.js";
import { sizeOf } from "../graph/tensor.js";
import { share } from "./operator.js";
import { reduction } from "./reduction.js";

export const ReduceMean = reduction({
  // y = 1/n sum x, dx = dy / n
  dx: ({ x, dy, axes }) => div(dy, sizeOf(axes.map((axis) => x.dims[axis] as number))),
  relevance: share,
  sign: "keeps",
});
