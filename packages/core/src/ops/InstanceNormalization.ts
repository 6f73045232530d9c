import { mul, spatialAxes } from "../graph/math.js";
import {
  epsilonOf,
  perChannel,
  perChannelSum,
  standardized,
  throughHeldNormalization,
  throughNormalization,
} from "./normalization.js";
import { defineOperator, plain } from "./operator.js";

export const InstanceNormalization = defineOperator({
  inputs: ["x", "scale", "b"],
  // y = scale n + b, n = x normalized over positions  =>  dn = scale dy,  dscale = sum of n dy,  db = sum of dy
  gradient: {
    x: ({ x, scale, dy, at }) => throughNormalization(x, mul(dy, perChannel(scale, x)), spatialAxes(x), epsilonOf(at)),
    scale: ({ x, dy, at }) => perChannelSum(mul(dy, standardized(x, spatialAxes(x), epsilonOf(at)).n)),
    b: ({ dy }) => perChannelSum(dy),
  },
  relevance: {
    held: ({ x, scale, dy, at }) =>
      throughHeldNormalization(x, mul(dy, perChannel(scale, x)), spatialAxes(x), epsilonOf(at)),
    shift: ({ x, b }) => perChannel(b, x),
  },
  layout: "spatial",
  sign: "any",
  ...plain,
});
