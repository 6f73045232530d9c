import { LimnError } from "../error.js";
import type { AttributeReader } from "../graph/attributes.js";
import type { Node, Value } from "../graph/graph.js";
import { add, div, mul, neg, scalar, sqrt, sub } from "../graph/math.js";
import { perChannel } from "./convolution.js";
import { perChannelSum } from "./normalization.js";
import { defineOperator, plain } from "./operator.js";

type Statistics = { variance: Value; at: AttributeReader };

const deviation = ({ variance, at }: Statistics): Value => sqrt(add(variance, at.float("epsilon", 1e-5)));

const factorOf = ({ scale, ...statistics }: Statistics & { scale: Value }): Value => div(scale, deviation(statistics));

function refuseTraining({ at, label }: Node): void {
  if (at.int("training_mode", 0) !== 1) return;
  throw new LimnError(
    "unsupported",
    `${label}: it is in training mode and normalizes by the batch; export the model in evaluation mode (model.eval())`,
  );
}

export const BatchNormalization = defineOperator({
  inputs: ["x", "scale", "b", "mean", "variance"],
  // y = scale (x - mean) / sqrt(variance + epsilon) + b with stored statistics, so
  // dx = scale / sqrt(variance + epsilon) dy; the factor is folded when ONNX Runtime loads the graph
  // dscale = sum of (x - mean) / sqrt(variance + epsilon) dy,  db = sum of dy
  gradient: {
    x: ({ x, scale, variance, dy, at, node }) => {
      refuseTraining(node);
      return mul(dy, perChannel(factorOf({ scale, variance, at }), x));
    },
    scale: ({ x, mean, variance, dy, at, node }) => {
      refuseTraining(node);
      const n = div(sub(x, perChannel(mean, x)), perChannel(deviation({ variance, at }), x));
      return perChannelSum(mul(dy, n));
    },
    b: ({ dy }) => perChannelSum(dy),
  },
  // z = f x + (b - f mean), f = scale / sqrt(variance + epsilon)
  relevance: {
    kind: "normalization",
    weights: { x: "scale" },
    factor: ({ variance, at }) => div(scalar(1, variance), deviation({ variance, at })),
    shifts: {
      b: ({ b, y }) => perChannel(b, y),
      mean: ({ mean, y, ...wires }) => neg(perChannel(mul(factorOf(wires), mean), y)),
    },
  },
  layout: "keeps",
  sign: "any",
  ...plain,
});
