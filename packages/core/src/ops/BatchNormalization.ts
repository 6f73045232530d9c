import { LimnError } from "../error.js";
import type { AttributeReader } from "../graph/attributes.js";
import type { Value } from "../graph/graph.js";
import { add, div, mul, neg, sqrt } from "../graph/math.js";
import { perChannel } from "./convolution.js";
import { defineOperator } from "./operator.js";

const factorOf = ({ scale, variance, at }: { scale: Value; variance: Value; at: AttributeReader }): Value =>
  div(scale, sqrt(add(variance, at.float("epsilon", 1e-5))));

export const BatchNormalization = defineOperator({
  inputs: ["x", "scale", "b", "mean", "variance"],
  // y = scale (x - mean) / sqrt(variance + epsilon) + b with stored statistics, so
  // dx = scale / sqrt(variance + epsilon) dy; the factor is folded when ONNX Runtime loads the graph
  gradient: {
    x: ({ x, scale, variance, dy, at, node }) => {
      if (at.int("training_mode", 0) === 1) {
        const reason = "it normalizes by the batch; export the model in evaluation mode";
        throw new LimnError("unsupported", `${node.label}: ${reason}`);
      }
      return mul(dy, perChannel(factorOf({ scale, variance, at }), x));
    },
  },
  // z = f x + (b - f mean), f = scale / sqrt(variance + epsilon)
  relevance: {
    kind: "normalization",
    weights: { x: "scale" },
    shifts: {
      b: ({ b, y }) => perChannel(b, y),
      mean: ({ mean, y, ...wires }) => neg(perChannel(mul(factorOf(wires), mean), y)),
    },
  },
});
