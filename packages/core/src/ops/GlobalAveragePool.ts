import { div, spatialAxes } from "../graph/math.js";
import { defineOperator, plain, share } from "./operator.js";

export const GlobalAveragePool = defineOperator({
  inputs: ["x"],
  // every position has the same share: dx = dy / (H W), which the backward pass spreads
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
