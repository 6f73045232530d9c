import { axesExcept, CHANNEL, sum } from "../graph/math.js";
import { perChannel, transposedConvolution } from "./convolution.js";
import { kernelGradient } from "./kernel-gradient.js";
import { defineOperator, plain } from "./operator.js";
import { windowAxes } from "./window.js";

export const Conv = defineOperator({
  inputs: ["x", "W", "b?"],
  // y = W * x + b  =>  dx = W^T * dy,  dW = x * dy,  db = sum over images and positions of dy
  gradient: {
    x: ({ x, W, y, dy, at }) => transposedConvolution(dy, W, windowAxes(at, x, y, W.dims.slice(2)), at.int("group", 1)),
    W: ({ x, W, y, dy, at }) => kernelGradient(x, dy, windowAxes(at, x, y, W.dims.slice(2)), at.int("group", 1)),
    b: ({ dy }) => sum(dy, axesExcept(dy, [CHANNEL]), false),
  },
  // z = W * x + b
  relevance: { kind: "convolution", weights: { x: "W" }, shifts: { b: ({ b, y }) => perChannel(b, y) } },
  layout: "spatial",
  sign: "keeps",
  ...plain,
});
