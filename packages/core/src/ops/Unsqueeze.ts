import { reshape } from "../graph/math.js";
import { defineOperator, route } from "./operator.js";

export const Unsqueeze = defineOperator({
  inputs: ["x", "axes"],
  // the same elements in the shape they had
  gradient: { x: ({ x, dy }) => reshape(dy, x.dims) },
  relevance: route,
});
