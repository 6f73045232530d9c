import * as v from "valibot";
import type { Value } from "../graph/graph.js";
import { CHANNEL, div, equal, relu, sum, where } from "../graph/math.js";
import { option } from "../option.js";

// For methods that weight activations, L = ReLU(sum_k w_k A_k), and differ in the weights.

/** An option: whether the sum over channels is rectified. @param usual the default, as in the method's paper */
export const reluOption = (usual = true) =>
  option(v.boolean(), usual, "keep only what raises the score; false shows what lowers it too");

/** Whether a map with `reluOption` has values on both sides of zero. */
export const isUnrectified = (options: { relu: boolean }): boolean => !options.relu;

/**
 * sum_k x_k
 * @param x [N, K, h, w]
 * @param rectified whether negative sums become 0
 * @returns [N, h, w]
 */
export function overChannels(x: Value, rectified: boolean): Value {
  const L = sum(x, [CHANNEL], false);
  return rectified ? relu(L) : L;
}

/** a / b, and 0 where b is 0. The shapes broadcast. */
export const quotient = (a: Value, b: Value): Value => where(equal(b, 0), 0, div(a, b));
