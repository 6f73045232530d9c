import { div } from "../graph/math.js";
import { defineOperator, share } from "./operator.js";
import { kept, REDUCTION_INPUTS } from "./reduction.js";

export const ReduceMean = defineOperator({
  inputs: REDUCTION_INPUTS,
  // y = 1/n sum x, dx = dy / n
  gradient: {
    x: (wires) => {
      const { axes, dy } = kept(wires);
      return div(
        dy,
        axes.reduce((n, axis) => n * (wires.x.dims[axis] as number), 1),
      );
    },
  },
  relevance: share,
});
