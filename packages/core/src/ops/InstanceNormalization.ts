import type { AttributeReader } from "../graph/attributes.js";
import type { Value } from "../graph/graph.js";
import { mul, spatialAxes } from "../graph/math.js";
import {
  epsilonOf,
  perChannel,
  perChannelSum,
  type Standardized,
  standardized,
  throughHeldNormalization,
  throughNormalization,
} from "./normalization.js";
import { defineOperator, plain } from "./operator.js";

export const InstanceNormalization = defineOperator({
  inputs: ["x", "scale", "b"],
  // y = scale n + b, n = x normalized over positions  =>  dn = scale dy,  dscale = sum of n dy,  db = sum of dy
  gradient: {
    x: ({ x, scale, dy, at }) =>
      throughNormalization(overPositions(x, at), mul(dy, perChannel(scale, x)), spatialAxes(x)),
    scale: ({ x, dy, at }) => perChannelSum(mul(dy, overPositions(x, at).n)),
    b: ({ dy }) => perChannelSum(dy),
  },
  relevance: {
    held: ({ x, scale, dy, at }) =>
      throughHeldNormalization(overPositions(x, at), mul(dy, perChannel(scale, x)), spatialAxes(x)),
    shift: ({ x, b }) => perChannel(b, x),
  },
  layout: "spatial",
  sign: "any",
  ...plain,
});

const overPositions = (x: Value, at: AttributeReader): Standardized => standardized(x, spatialAxes(x), epsilonOf(at));
