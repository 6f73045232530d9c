import { expand, scalar } from "../graph/math.js";
import { defineOperator, plain, route } from "./operator.js";

export const TopK = defineOperator({
  inputs: ["x", "k"],
  // dx is dy at the elements that were chosen
  gradient: {
    x: ({ x, k, dy, at, node }) => {
      const [, indices] = dy.graph.emitAll("TopK", [x, k], Object.fromEntries(node.attributes), 2);
      const zeros = expand(scalar(0, x), x.dims);
      return dy.graph.emit("ScatterElements", [zeros, indices, dy], { axis: at.int("axis", -1) });
    },
  },
  relevance: route,
  layout: "ends",
  sign: "keeps",
  ranks: true,
  ...plain,
});
