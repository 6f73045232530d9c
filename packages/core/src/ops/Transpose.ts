import { transpose } from "../graph/math.js";
import type { Axis } from "./axes.js";
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
  axes: ({ inputs: { x }, at }) =>
    x?.axes && at.ints("perm", x.axes.map((_, i) => i).reverse()).map((axis) => x.axes?.[axis] as Axis),
  sign: "keeps",
  ...plain,
});
