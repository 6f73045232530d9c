import { expand, reshape, scalar } from "../graph/math.js";
import { sizeOf } from "../graph/tensor.js";
import { defineOperator } from "./operator.js";

export const MaxPool = defineOperator({
  inputs: ["x"],
  // dx[p] = sum of dy over the windows whose first maximum is at p
  gradient: {
    x: ({ x, dy, node }) => {
      const { graph } = x;
      const [, indices] = graph.emitAll("MaxPool", [x], Object.fromEntries(node.attributes), 2);
      if (!indices) throw new Error("MaxPool was asked for two outputs");
      const zeros = expand(scalar(0, x), [sizeOf(x.dims)]);
      const flat = graph.emit("ScatterElements", [zeros, reshape(indices, [-1]), reshape(dy, [-1])], {
        axis: 0,
        reduction: "add",
      });
      return reshape(flat, x.dims);
    },
  },
});
