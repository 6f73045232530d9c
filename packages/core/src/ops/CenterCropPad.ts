import { pad } from "../graph/math.js";
import { defineOperator, plain, route } from "./operator.js";

export const CenterCropPad = defineOperator({
  inputs: ["x", "shape"],
  // dx is 0 where x was cut off, and dy is cut off where zeros were added: half at each end, an odd element at the last
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
