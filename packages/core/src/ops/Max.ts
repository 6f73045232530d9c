import type { Value } from "../graph/graph.js";
import { sumOf } from "../graph/math.js";
import { defineOperator, plain, route } from "./operator.js";
import { shareAmongTies } from "./ties.js";

export const Max = defineOperator({
  inputs: ["...x"],
  // y = max_i x_i, dx_i = dy / (number of inputs equal to y) where x_i = y
  gradient: {
    x: ({ xs, index, y, dy }) =>
      shareAmongTies(xs[index] as Value, y, dy, (t) => sumOf(xs.map(t) as [Value, ...Value[]])),
  },
  relevance: route,
  layout: "keeps",
  sign: "keeps",
  ...plain,
});
