import { LimnError } from "../error.js";
import { add, div, mul, reshape, spatialAxes, sqrt } from "../graph/math.js";
import { defineOperator } from "./operator.js";

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
      const factor = div(scale, sqrt(add(variance, at.float("epsilon", 1e-5))));
      return mul(dy, reshape(factor, [...factor.dims, ...spatialAxes(x).map(() => 1)]));
    },
  },
});
