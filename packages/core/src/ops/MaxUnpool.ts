import { LimnError } from "../error.js";
import { reshape } from "../graph/math.js";
import { defineOperator, plain, route } from "./operator.js";

export const MaxUnpool = defineOperator({
  inputs: ["x", "indices", "shape?"],
  // dx is dy at the positions that x was written to, which count through the whole of y
  gradient: {
    x: ({ indices, shape, dy, node }) => {
      if (shape) {
        const reason = "Limn can't differentiate it if the output's shape is given";
        throw new LimnError("unsupported", `${node.label}: ${reason}; choose a layer downstream of it`);
      }
      return dy.graph.emit("Gather", [reshape(dy, [-1]), indices], { axis: 0 });
    },
  },
  relevance: route,
  layout: "spatial",
  sign: "keeps",
  ...plain,
});
