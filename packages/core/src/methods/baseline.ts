import * as v from "valibot";
import type { Value } from "../graph/graph.js";
import { expand, mean } from "../graph/math.js";
import { option } from "../option.js";
import type { BeginContext } from "./method.js";

/** The pictures that can stand for "nothing is shown". */
export const BASELINES = ["black", "zero", "mean"] as const;

/** An option: which picture stands for "nothing is shown". @param usual the default */
export const baselineOption = (usual: (typeof BASELINES)[number]) =>
  option(
    v.picklist(BASELINES),
    usual,
    "what stands for nothing. black: the darkest picture, where the preprocessing is known, else zero; zero: 0 after the preprocessing; mean: the picture's mean color",
  );

/**
 * A picture of one color, in the image's shape.
 * @param kind `black`: the lowest possible values, or 0 if the range is unknown; `zero`: 0; `mean`: the image's mean color
 */
export function baselineOf(
  { image, channelAxis, range }: Pick<BeginContext, "image" | "channelAxis" | "range">,
  kind: (typeof BASELINES)[number],
): Value {
  const plain = (colors: readonly number[]) => {
    const dims = image.dims.map((_, axis) => (axis === channelAxis ? colors.length : 1));
    return expand(image.graph.constant("float32", dims, colors), image.dims);
  };
  switch (kind) {
    case "black":
      return plain(range?.low ?? [0]);
    case "zero":
      return plain([0]);
    case "mean": {
      const spatial = image.dims.flatMap((_, axis) => (axis === 0 || axis === channelAxis ? [] : [axis]));
      return expand(mean(image, spatial), image.dims);
    }
  }
}
