import type { AttributeReader } from "../graph/attributes.js";
import type { Value } from "../graph/graph.js";
import { CHANNEL, div, expand, mul, scalar } from "../graph/math.js";
import { transposedConvolution } from "./convolution.js";
import { defineOperator, share } from "./operator.js";
import { area, overhang, spread, tiles, unpad, type WindowAxis, windowAxes } from "./window.js";

export const AveragePool = defineOperator({
  inputs: ["x"],
  // y[q] = sum of x over window q / n[q]  =>  dx[p] = sum over windows q that contain p of dy[q] / n[q]
  gradient: {
    x: ({ x, y, dy, at }) => {
      const axes = windowAxes(at, x, y, at.ints("kernel_shape"));
      return sumBack(div(dy, counts(axes, at, dy)), axes);
    },
  },
  relevance: share,
});

/** The number of elements that each window is divided by: one number, or a map [...counts] where windows at the border have fewer. */
function counts(axes: readonly WindowAxis[], at: AttributeReader, like: Value): Value {
  const withPads = at.int("count_include_pad", 0) === 1;
  const perAxis = axes.map((axis) => {
    const { size, before, after } = axis;
    // what ceil_mode adds beyond the declared padding never counts
    const [low, high] = withPads ? [-before, size + after] : [0, size];
    return Array.from({ length: axis.count }, (_, q) => {
      const first = axis.stride * q - before;
      const taps = Array.from({ length: axis.kernel }, (_, k) => first + axis.dilation * k);
      return taps.filter((p) => p >= low && p < high).length;
    });
  });
  const map = perAxis.reduce((products, line) => products.flatMap((p) => line.map((n) => p * n)), [1]);
  const [first = 1] = map;
  if (map.every((n) => n === first)) return scalar(first, like);
  return like.graph.constant(
    like.dtype ?? "float32",
    axes.map(({ count }) => count),
    map,
  );
}

/** The transpose of summing over windows: [N, C, ...counts] to [N, C, ...sizes]. */
function sumBack(s: Value, axes: readonly WindowAxis[]): Value {
  // one window over everything: every element has the same share, which the backward pass spreads
  if (axes.every((axis) => axis.count === 1 && axis.kernel === axis.size && axis.before === 0)) return s;
  if (axes.every(tiles)) return unpad(spread(s, axes), axes);
  if (axes.every(({ stride, dilation }) => stride === 1 && dilation === 1)) return mul(average(s, axes), area(axes));
  const channels = s.dims[CHANNEL] as number;
  const ones = expand(scalar(1, s), [channels, 1, ...axes.map(({ kernel }) => kernel)]);
  return transposedConvolution(s, ones, axes, channels);
}

/** With stride 1 the windows that contain an element are a window themselves. */
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
