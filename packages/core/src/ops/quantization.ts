import { LimnError } from "../error.js";
import type { AttributeReader } from "../graph/attributes.js";
import type { Node, Value } from "../graph/graph.js";
import { reshape } from "../graph/math.js";
import { normalizeAxis } from "../graph/shapes.js";
import { type DataType, numbersOf, sizeOf } from "../graph/tensor.js";

// Integers that stand for floats. Gradients pass straight through the rounding: an integer counts as the float that it was
// rounded from, and what it is beyond the range of its type is cut off.

/** The lowest and highest integers of the types that floats are rounded to. */
export const RANGES: { readonly [K in DataType]?: readonly [low: number, high: number] } = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
};

/**
 * Scales or zero points as they apply to x: one for all of it, or one for each place along an axis.
 * @throws LimnError `unsupported` for one for each block of an axis
 */
export function alongAxis(scale: Value, x: Value, at: AttributeReader, node: Node): Value {
  if (sizeOf(scale.dims) === 1) return reshape(scale, []);
  if (at.int("block_size", 0) !== 0 || scale.rank !== 1) {
    throw new LimnError(
      "unsupported",
      `${node.label}: no gradient for scales by blocks; explain the model from before it was quantized`,
    );
  }
  const axis = normalizeAxis(at.int("axis", 1), x.rank);
  return reshape(
    scale,
    x.dims.map((_, i) => (i === axis ? -1 : 1)),
  );
}

/** Whether the integers of a node that rounds, or makes floats of integers again, stand for themselves, as those of pixels do. */
export const standForThemselves = ({ inputs: [, scale] }: Node): boolean =>
  (scale?.initializer && numbersOf(scale.initializer))?.every((s) => s === 1) ?? false;
