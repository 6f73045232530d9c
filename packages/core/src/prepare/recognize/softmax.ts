import type { Value } from "../../graph/graph.js";
import { softmax } from "../../graph/math.js";
import type { Model } from "../../graph/model.js";
import { rewrite } from "../../graph/rewrite.js";
import { sameShape } from "../../graph/tensor.js";
import { isPlain, reducedAxes } from "./matching.js";

/**
 * Writes softmax as one node, where JAX and Keras write its parts, and without the largest score, which only keeps powers finite:
 *
 *   exp(x - max x) / sum exp(x - max x) = softmax(x)
 *
 * Requires: inferred types, folded constants, inverses as quotients. Ensures: no such quotient over one axis, and no softmax of
 * what its largest number is taken from.
 */
export function recognizeSoftmax(model: Model): Model {
  const { graph } = rewrite(model.graph, (node, [a, b]) => {
    if (!a?.shape) return undefined;
    if (isPlain(node, "Softmax")) {
      const x = unshifted(a);
      return x === a ? undefined : softmax(x, node.at.int("axis", -1));
    }
    const axis = isPlain(node, "Div") && b ? summedAxis(b, a) : undefined;
    const [x] = isPlain(a.producer, "Exp") ? a.producer.inputs : [];
    return axis !== undefined && x ? softmax(unshifted(x), axis) : undefined;
  });
  return { ...model, graph };
}

/** The axis over which a value is the sum of others, if it is one. */
function summedAxis({ producer, shape }: Value, of: Value): number | undefined {
  if (!isPlain(producer, "ReduceSum") || producer.inputs[0] !== of || !shape) return undefined;
  const [axis, ...others] = reducedAxes(producer);
  const kept = of.dims.map((size, i) => (i === axis ? 1 : size));
  return others.length === 0 && sameShape(shape, kept) ? axis : undefined;
}

/** x of x - max x. */
function unshifted(value: Value): Value {
  const [x, largest] = isPlain(value.producer, "Sub") ? value.producer.inputs : [];
  return isPlain(largest?.producer, "ReduceMax") && largest.producer.inputs[0] === x && x ? x : value;
}
