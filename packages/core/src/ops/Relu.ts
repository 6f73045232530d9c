import { greater, masked } from "../graph/math.js";
import { defineOperator } from "./operator.js";

export const Relu = defineOperator({
  inputs: ["x"],
  // dx = dy where y > 0
  gradient: {
    x: ({ y, dy }) => masked(dy, greater(y, 0)),
  },
});
