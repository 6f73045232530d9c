import { LimnError } from "../error.js";
import { expand, scalar } from "../graph/math.js";
import { defineOperator, plain, route } from "./operator.js";
import { byPositions } from "./piecewise-constant.js";

export const GatherND = defineOperator({
  inputs: ["x", "indices"],
  // dx = sum of dy over the positions that read a slice
  gradient: {
    x: ({ x, indices, dy, at, node }) => {
      const batch = at.int("batch_dims", 0);
      if (batch !== 0) {
        const reason = `Limn can't differentiate it with batch_dims ${batch}; choose a layer downstream of it`;
        throw new LimnError("unsupported", `${node.label}: ${reason}`);
      }
      return dy.graph.emit("ScatterND", [expand(scalar(0, x), x.dims), indices, dy], { reduction: "add" });
    },
    indices: byPositions,
  },
  relevance: route,
  layout: "ends",
  sign: "keeps",
  ...plain,
});
