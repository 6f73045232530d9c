import type { AttributeReader } from "../graph/attributes.js";
import type { Value } from "../graph/graph.js";
import { div, scalar } from "../graph/math.js";
import { defineOperator, plain, share } from "./operator.js";
import { type WindowAxis, windowAxes } from "./window.js";
import { sumBack } from "./window-sum.js";

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
  layout: "pools",
  sign: "keeps",
  ...plain,
});

/** The number of elements that each window is divided by: one number, or [...counts] if windows at the border have fewer. */
function counts(axes: readonly WindowAxis[], at: AttributeReader, like: Value): Value {
  const withPads = at.int("count_include_pad", 0) === 1;
  const perAxis = axes.map((axis) => {
    const { size, before, after } = axis;
    // elements that ceil_mode adds beyond the declared padding never count
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
