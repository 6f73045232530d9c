import type { AttributeReader } from "../graph/attributes.js";
import type { Value } from "../graph/graph.js";
import {
  add,
  axesExcept,
  CHANNEL,
  div,
  mean,
  mul,
  reshape,
  spatialAxes,
  sqrt,
  square,
  sub,
  sum,
} from "../graph/math.js";

/**
 * A normalization of x by its own statistics, before scale and bias.
 *
 *   n = (x - mean x) / sigma,  sigma = sqrt(mean (x - mean x)^2 + epsilon)
 *
 * @param axes the axes of the means
 */
export function standardized(x: Value, axes: readonly number[], epsilon: number): { n: Value; sigma: Value } {
  const centered = sub(x, mean(x, axes));
  const sigma = sqrt(add(mean(square(centered), axes), epsilon));
  return { n: div(centered, sigma), sigma };
}

/**
 * The gradient of `standardized` by x.
 *
 *   dx = (dn - mean dn - n mean(dn n)) / sigma
 *
 * @param dn the gradient by n, in the shape of x
 */
export function throughNormalization(x: Value, dn: Value, axes: readonly number[], epsilon: number): Value {
  const { n, sigma } = standardized(x, axes, epsilon);
  return div(sub(sub(dn, mean(dn, axes)), mul(n, mean(mul(dn, n), axes))), sigma);
}

/**
 * The same with sigma held constant, as rules of relevance have it.
 *
 *   dx = (dn - mean dn) / sigma
 */
export function throughHeldNormalization(x: Value, dn: Value, axes: readonly number[], epsilon: number): Value {
  const { sigma } = standardized(x, axes, epsilon);
  return div(sub(dn, mean(dn, axes)), sigma);
}

/** The gradient by a scale or bias per channel, from the gradient by its expanded form: [N, C, ...] to [C]. */
export const perChannelSum = (v: Value): Value => sum(v, axesExcept(v, [CHANNEL]), false);

/** A number for each channel, [C], in a shape that broadcasts to x, [N, C, ...]. */
export const perChannel = (v: Value, x: Value): Value => reshape(v, [...v.dims, ...spatialAxes(x).map(() => 1)]);

export const epsilonOf = (at: AttributeReader): number => at.float("epsilon", 1e-5);
