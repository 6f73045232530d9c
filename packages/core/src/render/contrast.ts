/**
 * What one map shows more than another. Each is divided by its own largest absolute value first, so that their scales don't
 * matter:
 *
 *   D = A / max |A| - B / max |B|
 *
 * A map that is 0 everywhere stays 0.
 * @param first as many values as `second`
 * @returns -2 to 2, above 0 where the first map shows more
 */
export function contrast(first: Float32Array, second: Float32Array): Float32Array {
  const [a, b] = [sizeOf(first), sizeOf(second)];
  return first.map((v, i) => v / a - (second[i] as number) / b);
}

/** The largest absolute value; 1 if that is 0. */
const sizeOf = (values: Float32Array): number => values.reduce((size, v) => Math.max(size, Math.abs(v)), 0) || 1;
