import { mul } from "../graph/math.js";
import { normalizeAxis } from "../graph/shapes.js";
import { throughNormalization } from "./normalization.js";
import { defineOperator, pass, plain } from "./operator.js";

export const LayerNormalization = defineOperator({
  inputs: ["x", "scale", "b?"],
  // y = scale n + b, n = x normalized over the axes from `axis` on  =>  dn = scale dy
  gradient: {
    x: ({ x, scale, dy, at }) => {
      const first = normalizeAxis(at.int("axis", -1), x.rank);
      const axes = x.dims.flatMap((_, axis) => (axis >= first ? [axis] : []));
      return throughNormalization(x, mul(dy, scale), axes, at.float("epsilon", 1e-5));
    },
  },
  relevance: pass,
  layout: "keeps",
  sign: "any",
  zero: "any",
  ...plain,
});
