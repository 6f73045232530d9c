import * as v from "valibot";
import type { Value } from "../graph/graph.js";
import { add, cast, expand, less, matmul, mul, reshape } from "../graph/math.js";
import { LARGEST_SEED } from "../graph/random.js";
import { type Size, sizeOf } from "../graph/tensor.js";
import { option } from "../option.js";
import type { StepContext } from "./method.js";

// For methods that look at many variants of one picture, `batch` of them in each step.

/** An option: a whole number above 0. @param usual the default @param what what is counted, for the help text */
export const countOption = (usual: number, what: string) =>
  option(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000)), usual, what);

/** An option: the seed of random numbers; see `uniform`. */
export const randomSeedOption = option(
  v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(LARGEST_SEED)),
  0,
  "the same seed gives the same random numbers",
);

/** How many steps it takes to see `count` samples. */
export const stepsFor = (count: number, { batch }: { readonly batch: number }): number => Math.ceil(count / batch);

/** The samples of one step. */
export interface Samples {
  /** Their numbers, from 0: int64 [batch]. */
  readonly index: Value;
  /** 1 for samples that count, 0 for those that only fill up the last step: float32 [batch]. */
  readonly live: Value;
}

/** The samples of a step. @param count how many there are in all steps together */
export function samplesOf({ graph, batch, step }: StepContext, count: number): Samples {
  const offsets = graph.ints(Array.from({ length: batch }, (_, i) => i));
  const index = add(mul(step, batch), offsets);
  return { index, live: cast(less(index, count), "float32") };
}

/**
 * sum_b w_b x_b
 * @param w [batch]
 * @param x [batch, ...rest]
 * @returns [1, ...rest]
 */
export function weightedSum(w: Value, x: Value): Value {
  const [batch = 1, ...rest] = x.dims;
  return reshape(matmul(reshape(w, [1, batch]), reshape(x, [batch, sizeOf(rest)])), [1, ...rest]);
}

/** Zeros to start a sum from: float32, in the given shape. */
export const zeros = ({ graph }: Value, shape: readonly number[]): Value =>
  expand(graph.constant("float32", [], [0]), shape);

/** Height and width of an image, in pixels. @param channelAxis 1 for [N, C, H, W], 3 for [N, H, W, C] */
export const pictureSize = ({ dims }: Value, channelAxis: number): Size =>
  (channelAxis === 1 ? dims.slice(2) : dims.slice(1, 3)) as [number, number];
