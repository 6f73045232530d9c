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

/** x normalized by its own statistics, before scale and bias. */
export interface Standardized {
  /** n = (x - mean x) / sigma */
  readonly n: Value;
  /** 1 / sigma, sigma = sqrt(mean (x - mean x)^2 + epsilon), of length 1 along the axes of the means */
  readonly inverse: Value;
}

/** @param axes the axes of the means */
export function standardized(x: Value, axes: readonly number[], epsilon: number): Standardized {
  const centered = sub(x, mean(x, axes));
  const inverse = div(1, sqrt(add(mean(square(centered), axes), epsilon)));
  return { n: mul(centered, inverse), inverse };
}

/**
 * The gradient of n by x.
 *
 *   dx = (dn - mean dn - n mean(dn n)) / sigma
 *
 * @param dn the gradient by n, in the shape of x
 */
export const throughNormalization = ({ n, inverse }: Standardized, dn: Value, axes: readonly number[]): Value =>
  mul(sub(sub(dn, mean(dn, axes)), mul(n, mean(mul(dn, n), axes))), inverse);

/**
 * The same with sigma held constant, as rules of relevance have it.
 *
 *   dx = (dn - mean dn) / sigma
 */
export const throughHeldNormalization = ({ inverse }: Standardized, dn: Value, axes: readonly number[]): Value =>
  mul(sub(dn, mean(dn, axes)), inverse);

/** The gradient by a scale or bias per channel, from the gradient by its expanded form: [N, C, ...] to [C]. */
export const perChannelSum = (v: Value): Value => sum(v, axesExcept(v, [CHANNEL]), false);

/** A number for each channel, [C], in a shape that broadcasts to x, [N, C, ...]. */
export const perChannel = (v: Value, x: Value): Value => reshape(v, [...v.dims, ...spatialAxes(x).map(() => 1)]);

export const epsilonOf = (at: AttributeReader): number => at.float("epsilon", 1e-5);
