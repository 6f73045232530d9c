import type { Value } from "../graph/graph.js";
import { add, div, mean, mul, sqrt, square, sub } from "../graph/math.js";

/**
 * The gradient through a normalization by the picture's own statistics.
 *
 *   n = (x - mean x) / sigma,  sigma = sqrt(mean (x - mean x)^2 + epsilon)
 *   dx = (dn - mean dn - n mean(dn n)) / sigma
 *
 * @param dn the gradient by n, of the shape of x
 * @param axes over which the means go
 */
export function throughNormalization(x: Value, dn: Value, axes: readonly number[], epsilon: number): Value {
  const centered = sub(x, mean(x, axes));
  const sigma = sqrt(add(mean(square(centered), axes), epsilon));
  const n = div(centered, sigma);
  return div(sub(sub(dn, mean(dn, axes)), mul(n, mean(mul(dn, n), axes))), sigma);
}
