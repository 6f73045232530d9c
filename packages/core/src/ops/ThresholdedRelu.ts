import { greater, where } from "../graph/math.js";
import { defineOperator } from "./operator.js";

export const ThresholdedRelu = defineOperator({
  inputs: ["x"],
  // dx = dy where x > alpha
  gradient: {
    x: ({ x, dy, at }) => where(greater(x, at.float("alpha", 1)), dy, 0),
  },
});
