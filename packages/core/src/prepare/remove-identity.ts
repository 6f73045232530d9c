import type { Node } from "../graph/graph.js";
import type { Model } from "../graph/model.js";
import { rewrite } from "../graph/rewrite.js";
import { numbersOf, sameShape } from "../graph/tensor.js";

/**
 * Removes nodes that give their first input back: Identity, Dropout (at inference), Cast to the same type, reshapes to the
 * same shape, Pad by 0.
 *
 * Requires: inferred types. Ensures: none of these is left; their names now mean their inputs.
 */
export function removeIdentity(model: Model): Model {
  const { graph } = rewrite(model.graph, (node, [x]) => (x && isIdentity(node) ? x : undefined));
  return { ...model, graph };
}

function isIdentity(node: Node): boolean {
  const [x] = node.inputs;
  const [y, ...others] = node.outputs;
  if (node.domain !== "" || !x || !y || others.some((o) => o)) return false;
  switch (node.opType) {
    case "Identity":
    case "Dropout":
      return true;
    case "Cast":
      return x.dtype !== undefined && x.dtype === y.dtype;
    case "Reshape":
    case "Flatten":
    case "Expand":
      return x.shape !== undefined && y.shape !== undefined && sameShape(x.shape, y.shape);
    case "Pad": {
      const pads = node.inputs[1]?.initializer;
      return pads !== undefined && (numbersOf(pads)?.every((p) => p === 0) ?? false);
    }
    default:
      return false;
  }
}
