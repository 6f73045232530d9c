import type { Value } from "../graph/graph.js";
import { cast } from "../graph/math.js";
import { isFloat } from "../graph/tensor.js";
import { toFirstMaximum } from "./first-maximum.js";
import { defineOperator, plain, route } from "./operator.js";
import { windowAxes } from "./window.js";

const asFloats = (x: Value): Value => (isFloat(x.dtype) ? x : cast(x, "float32"));

export const MaxPool = defineOperator({
  inputs: ["x"],
  // dx[p] = sum of dy over the windows whose first maximum is at p
  gradient: {
    x: ({ x, y, dy, at, node }) => {
      const axes = windowAxes(at, x, y, at.ints("kernel_shape"));
      // the maximum of integers that stand for floats is where that of the floats is
      return toFirstMaximum(asFloats(x), asFloats(y), dy, axes, Object.fromEntries(node.attributes));
    },
  },
  relevance: route,
  layout: "pools",
  sign: "keeps",
  ...plain,
});
