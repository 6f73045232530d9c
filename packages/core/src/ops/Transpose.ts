import { transpose } from "../graph/math.js";
import { defineOperator, plain, route } from "./operator.js";

export const Transpose = defineOperator({
  inputs: ["x"],
  // y[i] has the axes perm of x, so dx takes the inverse permutation of dy
  gradient: {
    x: ({ x, dy, at }) => {
      const axes = x.dims.map((_, i) => i);
      const perm = at.ints("perm", [...axes].reverse());
      return transpose(
        dy,
        axes.map((axis) => perm.indexOf(axis)),
      );
    },
  },
  relevance: route,
  layout: "permutes",
  sign: "keeps",
  ...plain,
});
