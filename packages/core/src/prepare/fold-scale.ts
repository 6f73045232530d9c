import type { Graph, Node, Value } from "../graph/graph.js";
import { mul, reshape } from "../graph/math.js";
import type { Model } from "../graph/model.js";
import { sizeOf } from "../graph/tensor.js";
import { constantsOf, intoLayers, takersIn } from "./into-layers.js";

/** A convolution, and which input of the product with it is the constant. */
interface Scaled {
  readonly linear: Node;
  readonly constant: number;
}

/**
 * Folds a constant factor of each channel into the convolution before it, as ONNX Runtime's optimizer does:
 *
 *   s (W x + b) = (s W) x + s b
 *
 * so that rules see the signs that the weights have in effect: a layer scale may be negative.
 *
 * Requires: inferred types. Ensures: a convolution is multiplied by such a constant only if other nodes read it, too.
 */
export const foldScale = (model: Model): Model =>
  intoLayers(model, findScaled(model.graph), fold, "its channels' factors are folded into it");

function findScaled(graph: Graph): Map<Node, Scaled> {
  const isConstant = constantsOf(graph);
  const canTakeUp = takersIn(graph, isConstant);
  const found = new Map<Node, Scaled>();
  for (const product of graph.nodes) {
    if (product.opType !== "Mul" || product.domain !== "") continue;
    const constant = product.inputs.findIndex(isConstant);
    const linear = product.inputs[1 - constant]?.producer;
    if (constant < 0 || linear?.opType !== "Conv" || linear.domain !== "") continue;
    if (canTakeUp(linear) && isPerChannel(product.inputs[constant] as Value, linear.output)) {
      found.set(product, { linear, constant });
    }
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
  { constant }: Scaled,
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
