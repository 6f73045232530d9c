import type { Value } from "../graph/graph.js";
import { CHANNEL, expand, mul, scalar } from "../graph/math.js";
import { transposedConvolution } from "./convolution.js";
import { area, overhang, spread, tiles, unpad, type WindowAxis } from "./window.js";

/** The transpose of sums over windows: [N, C, ...counts] to [N, C, ...sizes], or to a shape that broadcasts to it. */
export function sumBack(s: Value, axes: readonly WindowAxis[]): Value {
  // one window over everything: all elements get the same, which the backward pass expands
  if (axes.every((axis) => axis.count === 1 && axis.kernel === axis.size && axis.before === 0)) return s;
  if (axes.every(tiles)) return unpad(spread(s, axes), axes);
  if (axes.every(({ stride, dilation }) => stride === 1 && dilation === 1)) return mul(average(s, axes), area(axes));
  const channels = s.dims[CHANNEL] as number;
  const ones = expand(scalar(1, s), [channels, 1, ...axes.map(({ kernel }) => kernel)]);
  return transposedConvolution(s, ones, axes, channels);
}

/** With stride 1, the windows that contain an element form a window themselves. */
function average(s: Value, axes: readonly WindowAxis[]): Value {
  return s.graph.emit("AveragePool", [s], {
    kernel_shape: axes.map(({ kernel }) => kernel),
    pads: [
      ...axes.map(({ kernel, before }) => kernel - 1 - before),
      ...axes.map((axis) => axis.kernel - 1 - overhang(axis)),
    ],
    count_include_pad: 1,
  });
}
