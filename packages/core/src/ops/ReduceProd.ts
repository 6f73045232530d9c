import { cast, div, equal, mul, sum, where } from "../graph/math.js";
import { stop } from "./operator.js";
import { reduction } from "./reduction.js";

export const ReduceProd = reduction({
  // y = product of x, dx_i = dy times the product of the others, which is 0 if one of these is 0
  dx: ({ x, dy, axes }) => {
    const { graph } = x;
    const isZero = cast(equal(x, 0), x.dtype ?? "float32");
    const nonZero = where(equal(x, 0), 1, x);
    const product = axes.length === 0 ? nonZero : graph.emit("ReduceProd", [nonZero, graph.ints(axes)]);
    const othersAreNot = equal(sum(isZero, axes), isZero);
    return mul(dy, where(othersAreNot, div(product, nonZero), 0));
  },
  relevance: stop("a product has no relevance rule; choose a layer downstream of it"),
  sign: "keeps",
});
