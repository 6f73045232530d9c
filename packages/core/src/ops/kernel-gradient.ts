import type { Value } from "../graph/graph.js";
import { reshape, slice, transpose } from "../graph/math.js";
import { overhang, type WindowAxis } from "./window.js";

/**
 * The gradient of a convolution by its weights: a convolution of the input with the gradient by the output, in which stride
 * and dilation are swapped.
 *
 *   dW[o, i, k] = sum over n, q of x[n, i, p] dy[n, o, q]  where  p = stride q + dilation k - before
 *
 * @param x [N, I, ...sizes]
 * @param dy [N, O, ...counts]
 * @param axes how the convolution slides from x to y
 * @returns [O, I / group, ...kernel]
 */
export function kernelGradient(x: Value, dy: Value, axes: readonly WindowAxis[], group: number): Value {
  const [images = 1, inputs = 1] = x.dims;
  const outputs = dy.dims[1] as number;
  const space = axes.map((_, i) => i + 2);
  // elements that no window reaches don't count
  const seen = slice(
    x,
    axes.flatMap((axis, i) => (overhang(axis) < 0 ? [{ axis: i + 2, start: 0, end: axis.size + overhang(axis) }] : [])),
  );
  const sizes = seen.dims.slice(2);
  const grouped = reshape(seen, [images, group, inputs / group, ...sizes]);
  // the sum over images takes the place of the sum over channels, so each input channel of a group becomes an image
  const turned = transpose(grouped, [2, 1, 0, ...space.map((axis) => axis + 1)]);
  const dW = x.graph.emit(
    "Conv",
    [reshape(turned, [inputs / group, group * images, ...sizes]), transpose(dy, [1, 0, ...space])],
    {
      group,
      strides: axes.map(({ dilation }) => dilation),
      dilations: axes.map(({ stride }) => stride),
      pads: [...axes.map(({ before }) => before), ...axes.map((axis) => Math.max(0, overhang(axis)))],
    },
  );
  return reshape(transpose(dW, [1, 0, ...space]), [outputs, inputs / group, ...axes.map(({ kernel }) => kernel)]);
}
