import type { Graph, Node, Value } from "../graph/graph.js";
import { mul, reshape } from "../graph/math.js";
import type { Model } from "../graph/model.js";
import { rewrite } from "../graph/rewrite.js";
import { sizeOf } from "../graph/tensor.js";

/**
 * Folds a constant factor of each channel into the convolution before it, as ONNX Runtime's optimizer does:
 *
 *   s (W x + b) = (s W) x + s b
 *
 * so that rules see the signs that the weights have in effect: a layer scale may be negative.
 *
 * Requires: inferred types. Ensures: a convolution is multiplied by such a constant only if other nodes read it, too.
 */
export function foldScale(model: Model): Model {
  const foldable = findFoldable(model.graph);
  if (foldable.size === 0) return model;
  const { graph, successors } = rewrite(model.graph, (node, inputs, target) => {
    const constant = foldable.get(node);
    return constant === undefined ? undefined : fold(node, inputs, constant, target);
  });
  for (const [product, constant] of foldable) {
    const conv = product.inputs[1 - constant]?.producer as Node;
    const folded = successors.get(product.output);
    if (!folded) continue;
    if (conv.name) graph.names.set(conv.name, folded);
    graph.names.delete(conv.output.name);
    graph.dissolved.set(conv.output.name, `its channels' factors are folded into it; use "${product.output.name}"`);
  }
  return { ...model, graph };
}

/** Products, and which of their inputs is the constant. */
function findFoldable(graph: Graph): Map<Node, number> {
  const consumers = graph.consumers();
  const computed = graph.dependents(graph.inputs);
  const isConstant = (value: Value | undefined) => value === undefined || !computed.has(value);
  const found = new Map<Node, number>();
  for (const product of graph.nodes) {
    if (product.opType !== "Mul" || product.domain !== "") continue;
    const constant = product.inputs.findIndex(isConstant);
    const conv = product.inputs[1 - constant]?.producer;
    if (constant < 0 || conv?.opType !== "Conv" || conv.domain !== "") continue;
    const alone = consumers.get(conv.output)?.length === 1 && !graph.outputs.includes(conv.output);
    const weighted = conv.inputs.slice(1).every(isConstant);
    if (alone && weighted && isPerChannel(product.inputs[constant] as Value, conv.output)) found.set(product, constant);
  }
  return found;
}

/** Whether a constant is the same for all images and positions. */
const isPerChannel = (s: Value, y: Value): boolean =>
  y.shape !== undefined &&
  s.rank <= y.rank &&
  s.dims.every((size, i) => size === 1 || (i + y.rank - s.rank === 1 && size === y.dims[1]));

function fold(
  product: Node,
  inputs: readonly (Value | undefined)[],
  constant: number,
  graph: Graph,
): Value | undefined {
  const conv = inputs[1 - constant]?.producer;
  const [x, W, b] = conv?.inputs ?? [];
  const factors = inputs[constant];
  if (!conv || !x || !W || !factors) return undefined;
  const count = sizeOf(factors.dims);
  const s = (rank: number) => reshape(factors, [count, ...new Array(rank - 1).fill(1)]);
  const { name, dtype, shape } = product.output;
  const folded = [x, mul(W, s(W.rank)), ...(b ? [mul(b, s(1))] : [])];
  return graph.intern({ name: conv.name, opType: "Conv", inputs: folded, attributes: conv.attributes }, [
    { name, dtype, shape },
  ]).output;
}
