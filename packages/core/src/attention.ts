import type { Classifier } from "./classifier.js";
import type { Node, Value } from "./graph/graph.js";
import { factOf } from "./ops/registry.js";

/** One attention of a network, in the form that all have after loading: Y = A V, A = softmax(scores). */
export interface Attention {
  /** The attention weights, [images, heads, queries, keys]; each row sums to 1. Windows count as images. */
  readonly A: Value;
  /** What is mixed, [images, heads, keys, features]. */
  readonly V: Value;
  /** The node that gives A V. */
  readonly product: Node;
}

/** The attentions between the image and the logits, in order. */
export function attentionsOf({ image, logits }: Pick<Classifier, "image" | "logits">): Attention[] {
  const { graph } = image;
  const signals = graph.dependents([image]);
  return graph.ancestors([logits]).flatMap((product): Attention[] => {
    const [A, V] = product.inputs;
    if (product.opType !== "MatMul" || product.domain !== "" || !A || !V) return [];
    const weighs = signals.has(A) && computedBy(A);
    return weighs && signals.has(V) && factOf(weighs, "scores") === "softmax" ? [{ A, V, product }] : [];
  });
}

/** The node that computes a value's numbers, before they are rounded to integers and read as floats again. */
function computedBy({ producer }: Value): Node | undefined {
  const [x] = producer?.inputs ?? [];
  return producer && x && factOf(producer, "numbers") === "quantized" ? computedBy(x) : producer;
}
