import { spatialAxes } from "../graph/math.js";
import { toFirstMaximum } from "./first-maximum.js";
import { defineOperator, plain, route } from "./operator.js";
import { windowAxes } from "./window.js";

export const GlobalMaxPool = defineOperator({
  inputs: ["x"],
  // one window over everything: dx is dy at the first maximum
  gradient: {
    x: ({ x, y, dy, at }) => {
      const kernel = spatialAxes(x).map((axis) => x.dims[axis] as number);
      return toFirstMaximum(x, y, dy, windowAxes(at, x, y, kernel), { kernel_shape: kernel });
    },
  },
  relevance: route,
  layout: "ends",
  sign: "keeps",
  ...plain,
});
