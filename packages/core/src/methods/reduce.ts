import * as v from "valibot";
import type { Value } from "../graph/graph.js";
import { abs, maximum, mul, sum } from "../graph/math.js";
import { option } from "../option.js";

/** An option: how the channels of a gradient by the image become one map. */
export const reduceOption = option(
  v.picklist(["max", "signed", "input-x-gradient", "none"]),
  "max",
  "max: largest absolute value over channels; signed: sum; input-x-gradient: sum of products with the input; none: all channels",
);

/** The choices of `reduceOption`. */
export type Reduce = v.InferOutput<typeof reduceOption>;

/** Whether a map with `reduceOption` has values on both sides of zero. */
export const isSigned = ({ reduce }: { reduce: Reduce }): boolean => reduce !== "max";

/**
 * Makes one map of a gradient by the image.
 * @param g gradient by the image, in the image's shape
 * @param channelAxis 1 for [N, C, H, W], 3 for [N, H, W, C]
 * @returns [N, H, W], or `g` itself for `none`
 */
export function reduceChannels(g: Value, image: Value, reduce: Reduce, channelAxis: number): Value {
  switch (reduce) {
    case "max":
      return maximum(abs(g), [channelAxis], false);
    case "signed":
      return sum(g, [channelAxis], false);
    case "input-x-gradient":
      return sum(mul(g, image), [channelAxis], false);
    case "none":
      return g;
  }
}
