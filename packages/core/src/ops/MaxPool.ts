import { toFirstMaximum } from "./first-maximum.js";
import { defineOperator, plain, route } from "./operator.js";
import { windowAxes } from "./window.js";

export const MaxPool = defineOperator({
  inputs: ["x"],
  // dx[p] = sum of dy over the windows whose first maximum is at p
  gradient: {
    x: ({ x, y, dy, at, node }) =>
      toFirstMaximum(x, y, dy, windowAxes(at, x, y, at.ints("kernel_shape")), Object.fromEntries(node.attributes)),
  },
  relevance: route,
  layout: "pools",
  sign: "keeps",
  ...plain,
});
