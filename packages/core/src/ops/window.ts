import type { AttributeReader } from "../graph/attributes.js";
import type { Value } from "../graph/graph.js";
import { pad, slice } from "../graph/math.js";
import type { Shape } from "../graph/tensor.js";
import { overhangOf, type Sliding, slidings } from "../graph/window.js";

/** How a window slides along one spatial axis from x to y. */
export interface WindowAxis extends Sliding {
  /** Number of windows: the length of the output. */
  readonly count: number;
}

/**
 * The spatial axes of a node that slides windows over x [N, C, ...sizes] to y [N, C', ...counts].
 * @param kernel the window's lengths, one for each spatial axis
 */
export const windowAxes = (at: AttributeReader, x: Value, y: Value, kernel: Shape): WindowAxis[] =>
  slidings(at, x.dims.slice(2), kernel).map((axis, i) => ({ ...axis, count: y.dims[i + 2] as number }));

/** How far the last window reaches beyond the last element; negative if elements are left over after it. */
export const overhang = (axis: WindowAxis): number => overhangOf(axis, axis.count);

/** Whether windows neither overlap nor leave elements between them. */
export const tiles = ({ count, stride, kernel, dilation }: WindowAxis): boolean =>
  (stride === kernel || count === 1) && (dilation === 1 || kernel === 1);

/** Number of elements in a window. */
export const area = (axes: readonly WindowAxis[]): number => axes.reduce((product, { kernel }) => product * kernel, 1);

/**
 * Repeats the number of each window for all elements of the window, if windows tile the input: [N, C, ...counts] to
 * [N, C, ...counts * kernel], which starts at the padding before the first element.
 */
export function spread(v: Value, axes: readonly WindowAxis[]): Value {
  const { graph, dims } = v;
  const scales = graph.constant("float32", [dims.length], [1, 1, ...axes.map(({ kernel }) => kernel)]);
  return graph.emit("Resize", [v, undefined, scales], {
    mode: "nearest",
    coordinate_transformation_mode: "asymmetric",
    nearest_mode: "floor",
  });
}

/** Cuts off padding, and adds zeros for elements that are left over after the last window: [N, C, ...padded] to [N, C, ...sizes]. */
export function unpad(v: Value, axes: readonly WindowAxis[]): Value {
  const inside = slice(
    v,
    axes.flatMap(({ before }, i) => {
      const end = (v.dims[i + 2] as number) - Math.max(0, overhang(axes[i] as WindowAxis));
      return before === 0 && end === v.dims[i + 2] ? [] : [{ axis: i + 2, start: before, end }];
    }),
  );
  const left = axes.map((axis) => Math.max(0, -overhang(axis)));
  return pad(inside, [...new Array(axes.length + 4).fill(0), ...left]);
}
