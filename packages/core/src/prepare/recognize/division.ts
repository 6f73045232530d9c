import type { Value } from "../../graph/graph.js";
import { div, sqrt } from "../../graph/math.js";
import type { Model } from "../../graph/model.js";
import { rewrite } from "../../graph/rewrite.js";
import { isPlain, numberOf } from "./matching.js";

/**
 * Writes products with an inverse as quotients, which is how normalizations by their parts are known: a divisor counts as a scale.
 *
 *   x (1 / s) = x / s        x v^(-1/2) = x / sqrt v
 *
 * Ensures: no product with a Reciprocal, with the quotient of 1 and a value, or with a power of -1/2.
 */
export function recognizeDivision(model: Model): Model {
  const { graph } = rewrite(model.graph, (node, [a, b]) => {
    if (!isPlain(node, "Mul") || !a || !b) return undefined;
    const [s, inverse] = [inverted(a), inverted(b)];
    return inverse ? div(a, inverse) : s && div(b, s);
  });
  return { ...model, graph };
}

/** s if a value is 1 / s. */
function inverted({ producer }: Value): Value | undefined {
  if (!producer) return undefined;
  const [a, b] = producer.inputs;
  if (isPlain(producer, "Reciprocal")) return a;
  if (isPlain(producer, "Div") && a && numberOf(a) === 1) return b;
  if (isPlain(producer, "Pow") && a && b && numberOf(b) === -0.5) return sqrt(a);
  return undefined;
}
