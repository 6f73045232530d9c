import { axesExcept, CHANNEL, sum } from "../graph/math.js";
import { perChannel, transposedConvolution } from "./convolution.js";
import { defineOperator, plain, stop } from "./operator.js";
import { windowAxes } from "./window.js";

export const Conv = defineOperator({
  inputs: ["x", "W", "b?"],
  // y = W * x + b  =>  dx = W^T * dy,  db = sum over images and positions of dy
  gradient: {
    x: ({ x, W, y, dy, at }) => transposedConvolution(dy, W, windowAxes(at, x, y, W.dims.slice(2)), at.int("group", 1)),
    W: stop("weights that are computed from the image are not followed; choose a layer downstream of it"),
    b: ({ dy }) => sum(dy, axesExcept(dy, [CHANNEL]), false),
  },
  // z = W * x + b
  relevance: { kind: "convolution", weights: { x: "W" }, shifts: { b: ({ b, y }) => perChannel(b, y) } },
  layout: "spatial",
  sign: "any",
  ...plain,
});
