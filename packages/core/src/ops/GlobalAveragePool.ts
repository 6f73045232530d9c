import { div, spatialAxes } from "../graph/math.js";
import { defineOperator, plain, share } from "./operator.js";

export const GlobalAveragePool = defineOperator({
  inputs: ["x"],
  // all positions have the same gradient: dx = dy / (H W), which the backward pass expands
  gradient: {
    x: ({ x, dy }) =>
      div(
        dy,
        spatialAxes(x).reduce((product, axis) => product * (x.dims[axis] as number), 1),
      ),
  },
  relevance: share,
  layout: "ends",
  sign: "keeps",
  ...plain,
});
