import type { AttributeReader } from "../graph/attributes.js";
import type { Value } from "../graph/graph.js";
import { pad, slice } from "../graph/math.js";
import type { Shape } from "../graph/tensor.js";

/** How a window slides along one spatial axis, in convolution and in pooling. Lengths are in elements of the input. */
export interface WindowAxis {
  /** Length of the input. */
  readonly size: number;
  /** Number of windows: length of the output. */
  readonly count: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** Padding before the first element, and after the last. */
  readonly before: number;
  readonly after: number;
}

/**
 * The spatial axes of a node that slides windows over x [N, C, ...sizes] to y [N, C', ...counts].
 * @param kernel the window's lengths, one for each spatial axis
 */
export function windowAxes(at: AttributeReader, x: Value, y: Value, kernel: Shape): WindowAxis[] {
  const rank = kernel.length;
  const ones: number[] = new Array(rank).fill(1);
  const strides = at.ints("strides", ones);
  const dilations = at.ints("dilations", ones);
  const pads = at.ints("pads", new Array(2 * rank).fill(0));
  return kernel.map((length, i) => ({
    size: x.dims[i + 2] as number,
    count: y.dims[i + 2] as number,
    kernel: length,
    stride: strides[i] as number,
    dilation: dilations[i] as number,
    before: pads[i] as number,
    after: pads[i + rank] as number,
  }));
}

/** What a window covers from its first element to its last. */
export const span = ({ dilation, kernel }: WindowAxis): number => dilation * (kernel - 1) + 1;

/** How far the last window reaches beyond the last element; negative where elements are left over behind it. */
export const overhang = (axis: WindowAxis): number =>
  axis.stride * (axis.count - 1) + span(axis) - axis.before - axis.size;

/** Whether no element lies in two windows, and none between them. */
export const tiles = ({ count, stride, kernel, dilation }: WindowAxis): boolean =>
  (stride === kernel || count === 1) && (dilation === 1 || kernel === 1);

/** Number of elements in a window. */
export const area = (axes: readonly WindowAxis[]): number => axes.reduce((product, { kernel }) => product * kernel, 1);

/**
 * Repeats what each window holds over the elements of the window, where windows tile the input: [N, C, ...counts] to
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

/** Cuts padding off [N, C, ...padded] and adds zeros where elements are left over behind the last window: [N, C, ...sizes]. */
export function unpad(v: Value, axes: readonly WindowAxis[]): Value {
  const inside = slice(
    v,
    axes.flatMap(({ before }, i) => {
      const end = (v.dims[i + 2] as number) - Math.max(0, overhang(axes[i] as WindowAxis));
      return before === 0 && end === v.dims[i + 2] ? [] : [{ axis: i + 2, start: before, end }];
    }),
  );
  const behind = axes.map((axis) => Math.max(0, -overhang(axis)));
  return pad(inside, [...new Array(axes.length + 4).fill(0), ...behind]);
}
