/**
 * What one map shows more than another. Each is divided by its own largest absolute value first, so that neither's
 * scale decides:
 *
 *   D = A / max |A| - B / max |B|
 *
 * A map that is zero everywhere stays so.
 * @param first as many values as `second` has
 * @returns -2 to 2: above zero where the first map shows more
 */
export function contrast(first: Float32Array, second: Float32Array): Float32Array {
  const [a, b] = [sizeOf(first), sizeOf(second)];
  return first.map((v, i) => v / a - (second[i] as number) / b);
}

/** The largest absolute value; 1 where it is zero. */
const sizeOf = (values: Float32Array): number => values.reduce((size, v) => Math.max(size, Math.abs(v)), 0) || 1;
