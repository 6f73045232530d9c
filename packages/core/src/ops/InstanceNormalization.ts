import { mul, reshape, spatialAxes } from "../graph/math.js";
import { epsilonOf, perChannelSum, standardized, throughNormalization } from "./normalization.js";
import { defineOperator, pass, plain } from "./operator.js";

export const InstanceNormalization = defineOperator({
  inputs: ["x", "scale", "b"],
  // y = scale n + b, n = x normalized over positions  =>  dn = scale dy,  dscale = sum of n dy,  db = sum of dy
  gradient: {
    x: ({ x, scale, dy, at }) => {
      const axes = spatialAxes(x);
      const dn = mul(dy, reshape(scale, [...scale.dims, ...axes.map(() => 1)]));
      return throughNormalization(x, dn, axes, epsilonOf(at));
    },
    scale: ({ x, dy, at }) => perChannelSum(mul(dy, standardized(x, spatialAxes(x), epsilonOf(at)).n)),
    b: ({ dy }) => perChannelSum(dy),
  },
  relevance: pass,
  layout: "spatial",
  sign: "any",
  zero: "any",
  ...plain,
});
