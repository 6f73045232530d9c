import { channelAxisOf } from "../channel-axis.js";
import type { Classifier } from "../classifier.js";
import { LimnError } from "../error.js";
import type { Node, Value } from "../graph/graph.js";
import { expand, max, min } from "../graph/math.js";
import { graft } from "../graph/rewrite.js";

/** The lowest and highest possible value of the preprocessed image: one number each, or one per channel. */
export interface InputRange {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

type Bounds = { readonly low: Value; readonly high: Value };

/**
 * The bounds of a first layer's input: those of the image, carried through the nodes between the two.
 * @returns a function that throws LimnError `bad-option` if the range is not known or has another number of channels
 */
export function inputRangeOf(
  { image }: Pick<Classifier, "image">,
  range: InputRange | undefined,
): (node: Node, signal: Value) => Bounds {
  return (node, signal) => {
    if (!range) {
      throw new LimnError(
        "bad-option",
        `${node.label}: the rule z-box needs the lowest and highest possible input; give inputRange (on the command line, name the preprocessing with --preprocess), or choose another composite`,
      );
    }
    const bound = (end: keyof InputRange) =>
      graft(signal, new Map([[image, constantImage(image, range[end])]]), image.graph, end);
    const [low, high] = [bound("low"), bound("high")];
    // a negative factor on the way swaps them
    return signal === image ? { low, high } : { low: min(low, high), high: max(low, high) };
  };
}

/** An image that has one value per channel. */
function constantImage(image: Value, numbers: readonly number[]): Value {
  const axis = channelAxisOf(image);
  const channels = image.dims[axis] as number;
  if (numbers.length !== 1 && numbers.length !== channels) {
    throw new LimnError(
      "bad-option",
      `inputRange has ${numbers.length} values, but the image has ${channels} channels; give one value, or one per channel`,
    );
  }
  const dims = image.dims.map((_, i) => (i === axis ? numbers.length : 1));
  return expand(image.graph.constant(image.dtype ?? "float32", dims, numbers), image.dims);
}
