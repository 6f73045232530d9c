import { mul, reshape, spatialAxes } from "../graph/math.js";
import { throughNormalization } from "./normalization.js";
import { defineOperator, pass, plain } from "./operator.js";

export const GroupNormalization = defineOperator({
  inputs: ["x", "scale", "b"],
  // y = scale n + b, n = x normalized over the channels of a group and positions  =>  dn = scale dy
  gradient: {
    x: ({ x, scale, dy, at }) => {
      const dn = mul(dy, reshape(scale, [...scale.dims, ...spatialAxes(x).map(() => 1)]));
      const groups = [x.dims[0] as number, at.int("num_groups"), -1];
      const dx = throughNormalization(reshape(x, groups), reshape(dn, groups), [2], at.float("epsilon", 1e-5));
      return reshape(dx, x.dims);
    },
  },
  relevance: pass,
  layout: "spatial",
  sign: "any",
  zero: "any",
  ...plain,
});
