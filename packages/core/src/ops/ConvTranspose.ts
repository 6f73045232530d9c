import { axesExcept, CHANNEL, spatialAxes, sum } from "../graph/math.js";
import { perChannel } from "./convolution.js";
import { kernelGradient } from "./kernel-gradient.js";
import { defineOperator, plain } from "./operator.js";
import { windowAxes } from "./window.js";

export const ConvTranspose = defineOperator({
  inputs: ["x", "W", "b?"],
  // y = W^T * x + b  =>  dx = W * dy,  dW = dy * x,  db = sum over images and positions of dy;
  // output_padding is less than a stride, so that no window fits there
  gradient: {
    x: ({ x, W, dy, at }) => {
      const ones = spatialAxes(x).map(() => 1);
      return dy.graph.emit("Conv", [dy, W], {
        group: at.int("group", 1),
        strides: at.ints("strides", ones),
        dilations: at.ints("dilations", ones),
        pads: at.ints("pads", [...ones, ...ones].fill(0)),
      });
    },
    // as for the convolution from y to x, of which this one is the transpose
    W: ({ x, W, y, dy, at }) => kernelGradient(dy, x, windowAxes(at, y, x, W.dims.slice(2)), at.int("group", 1)),
    b: ({ dy }) => sum(dy, axesExcept(dy, [CHANNEL]), false),
  },
  // z = W * x + b
  relevance: { kind: "convolution", weights: { x: "W" }, shifts: { b: ({ b, y }) => perChannel(b, y) } },
  layout: "spatial",
  sign: "keeps",
  ...plain,
});
