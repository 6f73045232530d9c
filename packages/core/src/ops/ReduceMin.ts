import { sum } from "../graph/math.js";
import { defineOperator, route } from "./operator.js";
import { kept, REDUCTION_INPUTS } from "./reduction.js";
import { shareAmongTies } from "./ties.js";

export const ReduceMin = defineOperator({
  inputs: REDUCTION_INPUTS,
  // y = min x, dx = dy / (number of elements equal to y) where x = y
  gradient: {
    x: (wires) => {
      const { axes, y, dy } = kept(wires);
      return shareAmongTies(wires.x, y, dy, (t) => sum(t(wires.x), axes));
    },
  },
  relevance: route,
});
