import type { AttributeReader } from "../graph/attributes.js";
import type { Value } from "../graph/graph.js";
import { mul, reshape } from "../graph/math.js";
import {
  epsilonOf,
  perChannel,
  perChannelSum,
  type Standardized,
  standardized,
  throughHeldNormalization,
  throughNormalization,
} from "./normalization.js";
import { defineOperator, plain, type Wires } from "./operator.js";

export const GroupNormalization = defineOperator({
  inputs: ["x", "scale", "b"],
  // y = scale n + b, n = x normalized over the channels of a group and positions  =>  dn = scale dy,  dscale = sum of n dy,  db = sum of dy
  gradient: {
    x: (wires) => through(throughNormalization, wires),
    scale: ({ x, dy, at }) => perChannelSum(mul(dy, reshape(overGroups(x, at).n, x.dims))),
    b: ({ dy }) => perChannelSum(dy),
  },
  relevance: {
    held: (wires) => through(throughHeldNormalization, wires),
    shift: ({ x, b }) => perChannel(b, x),
  },
  layout: "spatial",
  sign: "any",
  ...plain,
});

function through(
  normalization: typeof throughNormalization,
  { x, scale, dy, at }: Pick<Wires<"x" | "scale">, "x" | "scale" | "dy" | "at">,
): Value {
  const dn = mul(dy, perChannel(scale, x));
  return reshape(normalization(overGroups(x, at), reshape(dn, groupsOf(x, at)), [2]), x.dims);
}

const overGroups = (x: Value, at: AttributeReader): Standardized =>
  standardized(reshape(x, groupsOf(x, at)), [2], epsilonOf(at));

/** [N, groups, rest] */
const groupsOf = (x: Value, at: AttributeReader): number[] => [x.dims[0] as number, at.int("num_groups"), -1];
