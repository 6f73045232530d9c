import type { Value } from "../graph/graph.js";
import { matmul, reshape } from "../graph/math.js";
import { sizeOf } from "../graph/tensor.js";

/** The old positions along an axis that make a new one, with their weights. */
export type Mixture = readonly (readonly [source: number, weight: number])[];

/**
 * The transpose of mixing positions along one axis: each new position sends its gradient back to its sources.
 *
 *   y[i] = sum over (j, w) in mixtures[i] of w x[j]  =>  result[j] = sum over i of w dy[i]
 *
 * It is a product with a constant matrix.
 * @param dy its axis has one position for each mixture
 * @param length the length of the axis in x
 */
export function unmixAlong(dy: Value, axis: number, mixtures: readonly Mixture[], length: number): Value {
  const count = mixtures.length;
  const isLast = axis === dy.rank - 1;
  const matrix: number[] = new Array(count * length).fill(0);
  mixtures.forEach((mixture, i) => {
    for (const [source, weight] of mixture) {
      const at = isLast ? i * length + source : source * count + i;
      matrix[at] = (matrix[at] as number) + weight;
    }
  });
  const dtype = dy.dtype ?? "float32";
  if (isLast) return matmul(dy, dy.graph.constant(dtype, [count, length], matrix));

  const outer = dy.dims.slice(0, axis);
  const inner = dy.dims.slice(axis + 1);
  const batches = reshape(dy, [sizeOf(outer), count, sizeOf(inner)]);
  const product = matmul(dy.graph.constant(dtype, [length, count], matrix), batches);
  return reshape(product, [...outer, length, ...inner]);
}
