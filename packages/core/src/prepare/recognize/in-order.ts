import { constantNumbers } from "../../graph/graph.js";
import { reshape } from "../../graph/math.js";
import type { Model } from "../../graph/model.js";
import { rewrite } from "../../graph/rewrite.js";
import { normalizeAxis } from "../../graph/shapes.js";
import { sizeOf } from "../../graph/tensor.js";
import { isPlain } from "./matching.js";

/**
 * Writes a Gather of everything along an axis, in its order, as the reshape that it is. PyTorch's exporter makes one of
 * `as_strided`, which comes after a mean over all places.
 *
 * Ensures: no such Gather.
 */
export function recognizeInOrder(model: Model): Model {
  const { graph } = rewrite(model.graph, (node, [x, indices]) => {
    if (!isPlain(node, "Gather") || !x?.shape || !indices?.initializer) return undefined;
    const axis = normalizeAxis(node.at.int("axis", 0), x.rank);
    const length = x.dims[axis] as number;
    if (sizeOf(indices.dims) !== length) return undefined;
    const asked = constantNumbers(indices, "indices", node.label);
    const isInOrder = asked.every((k, i) => k === i);
    return isInOrder ? reshape(x, [...x.dims.slice(0, axis), ...indices.dims, ...x.dims.slice(axis + 1)]) : undefined;
  });
  return { ...model, graph };
}
