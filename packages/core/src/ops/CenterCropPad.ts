import { pad } from "../graph/math.js";
import { defineOperator, plain, route } from "./operator.js";

export const CenterCropPad = defineOperator({
  inputs: ["x", "shape"],
  // what was cut off gets 0, what was added is cut off: at each end half, and the odd element at the last
  gradient: {
    x: ({ x, dy }) => {
      const missing = x.dims.map((d, axis) => d - (dy.dims[axis] as number));
      const before = missing.map((n) => Math.trunc(n / 2));
      return pad(dy, [...before, ...missing.map((n, axis) => n - (before[axis] as number))]);
    },
  },
  relevance: route,
  layout: "moves",
  sign: "keeps",
  ...plain,
});
