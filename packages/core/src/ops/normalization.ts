import type { AttributeReader } from "../graph/attributes.js";
import type { Value } from "../graph/graph.js";
import { add, axesExcept, CHANNEL, div, mean, mul, sqrt, square, sub, sum } from "../graph/math.js";

/**
 * What a normalization by the picture's own statistics makes of x, before scale and bias.
 *
 *   n = (x - mean x) / sigma,  sigma = sqrt(mean (x - mean x)^2 + epsilon)
 *
 * @param axes over which the means go
 */
export function standardized(x: Value, axes: readonly number[], epsilon: number): { n: Value; sigma: Value } {
  const centered = sub(x, mean(x, axes));
  const sigma = sqrt(add(mean(square(centered), axes), epsilon));
  return { n: div(centered, sigma), sigma };
}

/**
 * The gradient through it.
 *
 *   dx = (dn - mean dn - n mean(dn n)) / sigma
 *
 * @param dn the gradient by n, of the shape of x
 */
export function throughNormalization(x: Value, dn: Value, axes: readonly number[], epsilon: number): Value {
  const { n, sigma } = standardized(x, axes, epsilon);
  return div(sub(sub(dn, mean(dn, axes)), mul(n, mean(mul(dn, n), axes))), sigma);
}

/** What a scale or bias per channel gets of the gradient by what it is spread over: [C] of [N, C, ...]. */
export const perChannelSum = (v: Value): Value => sum(v, axesExcept(v, [CHANNEL]), false);

export const epsilonOf = (at: AttributeReader): number => at.float("epsilon", 1e-5);
