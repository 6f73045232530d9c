import type { AttributeReader } from "../graph/attributes.js";
import type { Value } from "../graph/graph.js";
import { mul, reshape, spatialAxes } from "../graph/math.js";
import { epsilonOf, perChannelSum, standardized, throughNormalization } from "./normalization.js";
import { defineOperator, pass, plain } from "./operator.js";

export const GroupNormalization = defineOperator({
  inputs: ["x", "scale", "b"],
  // y = scale n + b, n = x normalized over the channels of a group and positions  =>  dn = scale dy,  dscale = sum of n dy,  db = sum of dy
  gradient: {
    x: ({ x, scale, dy, at }) => {
      const dn = mul(dy, reshape(scale, [...scale.dims, ...spatialAxes(x).map(() => 1)]));
      const groups = groupsOf(x, at);
      const dx = throughNormalization(reshape(x, groups), reshape(dn, groups), [2], epsilonOf(at));
      return reshape(dx, x.dims);
    },
    scale: ({ x, dy, at }) => {
      const { n } = standardized(reshape(x, groupsOf(x, at)), [2], epsilonOf(at));
      return perChannelSum(mul(dy, reshape(n, x.dims)));
    },
    b: ({ dy }) => perChannelSum(dy),
  },
  relevance: pass,
  layout: "spatial",
  sign: "any",
  zero: "any",
  ...plain,
});

/** [N, groups, rest] */
const groupsOf = (x: Value, at: AttributeReader): number[] => [x.dims[0] as number, at.int("num_groups"), -1];
