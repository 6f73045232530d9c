import { reshape, sum } from "../graph/math.js";
import { defineOperator, plain, route } from "./operator.js";

export const Tile = defineOperator({
  inputs: ["x", "repeats"],
  // dx is the sum over the copies: each axis is split into (copy, position)
  gradient: {
    x: ({ x, dy }) => {
      const copies = x.dims.map((d, axis) => (dy.dims[axis] as number) / d);
      const apart = reshape(
        dy,
        x.dims.flatMap((d, axis) => [copies[axis] as number, d]),
      );
      const repeated = copies.flatMap((n, axis) => (n === 1 ? [] : [2 * axis]));
      return reshape(sum(apart, repeated), x.dims);
    },
  },
  relevance: route,
  layout: "moves",
  sign: "keeps",
  ...plain,
});
