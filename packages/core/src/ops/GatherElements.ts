import { expand, scalar } from "../graph/math.js";
import { defineOperator, plain, route } from "./operator.js";
import { byPositions } from "./piecewise-constant.js";

export const GatherElements = defineOperator({
  inputs: ["x", "indices"],
  // dx = sum of dy over the positions that read an element
  gradient: {
    x: ({ x, indices, dy, at }) =>
      dy.graph.emit("ScatterElements", [expand(scalar(0, x), x.dims), indices, dy], {
        axis: at.int("axis", 0),
        reduction: "add",
      }),
    indices: byPositions,
  },
  relevance: route,
  layout: "ends",
  sign: "keeps",
  ...plain,
});
