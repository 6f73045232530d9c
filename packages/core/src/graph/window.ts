import type { AttributeReader } from "./attributes.js";
import type { Shape } from "./tensor.js";

// The arithmetic of windows that slide along an axis, as in convolutions and pooling. Lengths are in elements of the input.

/** How a window slides along one spatial axis. */
export interface Sliding {
  /** Length of the input. */
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** Padding before the first element. */
  readonly before: number;
  /** Padding after the last element. */
  readonly after: number;
}

/**
 * The spatial axes of a node that slides windows, by its attributes.
 * @param sizes lengths of the input's spatial axes
 * @param kernel the window's lengths, one for each of these
 */
export function slidings(at: AttributeReader, sizes: Shape, kernel: Shape): Sliding[] {
  const rank = kernel.length;
  const ones: number[] = new Array(rank).fill(1);
  const strides = at.ints("strides", ones);
  const dilations = at.ints("dilations", ones);
  const pads = at.ints("pads", new Array(2 * rank).fill(0));
  return kernel.map((length, i) => ({
    size: sizes[i] as number,
    kernel: length,
    stride: strides[i] as number,
    dilation: dilations[i] as number,
    before: pads[i] as number,
    after: pads[i + rank] as number,
  }));
}

/** The length of a window from its first element to its last, gaps included. */
export const span = ({ dilation, kernel }: Pick<Sliding, "dilation" | "kernel">): number => dilation * (kernel - 1) + 1;

/** Number of windows: the length of the output. @param ceil whether a last one counts that reaches beyond the padding */
export function windowCount(axis: Sliding, ceil = false): number {
  const steps = (axis.size + axis.before + axis.after - span(axis)) / axis.stride;
  return (ceil ? Math.ceil(steps) : Math.floor(steps)) + 1;
}

/** The number of windows, of `count`, that start before the end padding; ONNX leaves out one that does not. */
export const startedInside = ({ size, before, stride }: Sliding, count: number): number =>
  (count - 1) * stride >= size + before ? count - 1 : count;

/** How far the last of `count` windows reaches beyond the last element; negative if elements are left over after it. */
export const overhangOf = (axis: Sliding, count: number): number =>
  axis.stride * (count - 1) + span(axis) - axis.before - axis.size;

/**
 * The padding, both ends together, with which ceil(size / stride) windows fit:
 *
 *   (ceil(size / stride) - 1) stride + span - size
 */
export const paddingForSame = (axis: Sliding): number =>
  Math.max(0, (Math.ceil(axis.size / axis.stride) - 1) * axis.stride + span(axis) - axis.size);

/** The length that a transposed convolution gives an axis before it cuts off padding: stride (size - 1) + span. */
export const spreadLength = (axis: Sliding): number => axis.stride * (axis.size - 1) + span(axis);
