import { mul, reshape, spatialAxes } from "../graph/math.js";
import { throughNormalization } from "./normalization.js";
import { defineOperator, pass, plain } from "./operator.js";

export const InstanceNormalization = defineOperator({
  inputs: ["x", "scale", "b"],
  // y = scale n + b, n = x normalized over positions  =>  dn = scale dy
  gradient: {
    x: ({ x, scale, dy, at }) => {
      const axes = spatialAxes(x);
      const dn = mul(dy, reshape(scale, [...scale.dims, ...axes.map(() => 1)]));
      return throughNormalization(x, dn, axes, at.float("epsilon", 1e-5));
    },
  },
  relevance: pass,
  layout: "spatial",
  sign: "any",
  zero: "any",
  ...plain,
});
