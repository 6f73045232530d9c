import type { AttributeReader } from "../graph/attributes.js";
import type { Value } from "../graph/graph.js";
import { mul } from "../graph/math.js";
import { normalizeAxis } from "../graph/shapes.js";
import { epsilonOf, standardized, throughHeldNormalization, throughNormalization } from "./normalization.js";
import { defineOperator, plain } from "./operator.js";

export const LayerNormalization = defineOperator({
  inputs: ["x", "scale", "b?"],
  // y = scale n + b, n = x normalized over the axes from `axis` on  =>  dn = scale dy,  dscale = n dy,  db = dy
  gradient: {
    x: ({ x, scale, dy, at }) => throughNormalization(x, mul(dy, scale), axesOf(x, at), epsilonOf(at)),
    scale: ({ x, dy, at }) => mul(dy, standardized(x, axesOf(x, at), epsilonOf(at)).n),
    b: ({ dy }) => dy,
  },
  relevance: {
    held: ({ x, scale, dy, at }) => throughHeldNormalization(x, mul(dy, scale), axesOf(x, at), epsilonOf(at)),
    shift: ({ b }) => b,
  },
  layout: "keeps",
  sign: "any",
  ...plain,
});

function axesOf(x: Value, at: AttributeReader): number[] {
  const first = normalizeAxis(at.int("axis", -1), x.rank);
  return x.dims.flatMap((_, axis) => (axis >= first ? [axis] : []));
}
