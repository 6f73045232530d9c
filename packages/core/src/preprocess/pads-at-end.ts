import type { Classifier } from "../classifier.js";
import type { Node } from "../graph/graph.js";
import { numbersOf } from "../graph/tensor.js";
import { slidings } from "../graph/window.js";
import { linearForm } from "../ops/operator.js";
import { knownOperator } from "../ops/registry.js";
import { pathBetween } from "../path.js";

/**
 * Whether convolutions with strides pad more at the end than at the beginning. TensorFlow's "SAME" does so, and networks
 * that were trained there keep it wherever they are converted to; PyTorch's own networks pad both ends alike.
 */
export function padsAtEnd({ image, logits }: Pick<Classifier, "image" | "logits">): boolean {
  const uneven = pathBetween(image, logits).flatMap((node) => {
    const operator = knownOperator(node);
    return operator && linearForm(operator)?.kind === "convolution" ? unevennessOf(node) : [];
  });
  return uneven.some((by) => by > 0) && uneven.every((by) => by >= 0);
}

/** How much more a convolution pads at the end of each axis that it strides along, with the Pad node before it. */
function unevennessOf(node: Node): number[] {
  const [x, W] = node.inputs;
  if (!x?.shape || !W?.shape) return [];
  const before = x.producer?.opType === "Pad" ? x.producer.inputs[1]?.initializer : undefined;
  const pads = before && numbersOf(before);
  const { length: rank } = x.shape;
  return slidings(node.at, x.shape.slice(2), W.shape.slice(2)).flatMap((axis, i) => {
    if (axis.stride < 2) return [];
    const padded = pads?.length === 2 * rank ? (pads[2 + i + rank] as number) - (pads[2 + i] as number) : 0;
    return [axis.after - axis.before + padded];
  });
}
