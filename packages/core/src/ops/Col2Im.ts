import { constantNumbers } from "../graph/graph.js";
import { gather, pad, reshape } from "../graph/math.js";
import { sizeOf } from "../graph/tensor.js";
import { type Sliding, slidings, windowCount } from "../graph/window.js";
import { defineOperator, plain, share } from "./operator.js";

export const Col2Im = defineOperator({
  inputs: ["x", "image_shape", "block_shape"],
  // y[p] = sum of x over the windows' taps at p  =>  dx is dy at each tap k of each window q, p = stride q + dilation k - before
  gradient: {
    x: ({ x, image_shape, block_shape, dy, at, node }) => {
      const kernel = constantNumbers(block_shape, "block_shape", node.label);
      const axes = slidings(at, constantNumbers(image_shape, "image_shape", node.label), kernel);
      const padded = pad(dy, [0, 0, ...axes.map(({ before }) => before), 0, 0, ...axes.map(({ after }) => after)]);
      const [images = 1, channels = 1, ...sizes] = padded.dims;
      const line = reshape(padded, [images, channels, sizeOf(sizes)]);
      return reshape(gather(line, tapsOf(axes), 2), x.dims);
    },
  },
  relevance: share,
  layout: "spatial",
  sign: "keeps",
  ...plain,
});

/** The position of each tap of each window in the padded image: the first taps of all windows, then the second ones, ... */
function tapsOf(axes: readonly Sliding[]): number[] {
  let found = [{ tap: 0, window: 0, position: 0 }];
  for (const axis of axes) {
    const count = windowCount(axis);
    const length = axis.size + axis.before + axis.after;
    found = found.flatMap(({ tap, window, position }) =>
      Array.from({ length: axis.kernel * count }, (_, i) => {
        const [k, q] = [Math.floor(i / count), i % count];
        return {
          tap: tap * axis.kernel + k,
          window: window * count + q,
          position: position * length + axis.stride * q + axis.dilation * k,
        };
      }),
    );
  }
  return found.sort((a, b) => a.tap - b.tap || a.window - b.window).map(({ position }) => position);
}
