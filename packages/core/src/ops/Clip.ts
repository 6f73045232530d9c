import { and, greater, less, masked } from "../graph/math.js";
import { defineOperator, stop } from "./operator.js";

const COMPUTED_BOUND = stop("a bound that is computed from the image is not followed; choose a layer behind it");

export const Clip = defineOperator({
  inputs: ["x", "min?", "max?"],
  gradient: {
    // dx = dy where min < y < max: at a bound nothing passes, as in PyTorch's ReLU6, and in its clamp since 2.14.
    // Leaving x unread lets ONNX Runtime fuse the activation.
    x: ({ y, min, max, dy }) => {
      const above = min && greater(y, min);
      const below = max && less(y, max);
      const inside = above && below ? and(above, below) : (above ?? below);
      return inside ? masked(dy, inside) : dy;
    },
    min: COMPUTED_BOUND,
    max: COMPUTED_BOUND,
  },
});
