import type { Graph, Node, Value } from "../graph/graph.js";
import { add, div, mul, reshape, sqrt, sub } from "../graph/math.js";
import type { Model } from "../graph/model.js";
import { constantsOf, intoLayers, takersIn } from "./into-layers.js";

/**
 * Folds BatchNormalization into the convolution or linear layer before it:
 *
 *   gamma (W x + b - mean) / sqrt(var + eps) + beta = (s W) x + s (b - mean) + beta,   s = gamma / sqrt(var + eps)
 *
 * The new weights are computed by nodes from the old ones; ONNX Runtime does this once, when it loads the graph.
 *
 * Requires: inferred types. Ensures: a BatchNormalization is left only if no linear layer comes before it, or if other
 * nodes read that layer, too.
 */
export const foldBatchNorm = (model: Model): Model =>
  intoLayers(model, findFoldable(model.graph), fold, "its batch normalization is folded into it");

/** The linear layer that a BatchNormalization can be folded into. */
interface Foldable {
  readonly linear: Node;
}

function findFoldable(graph: Graph): Map<Node, Foldable> {
  const isConstant = constantsOf(graph);
  const canTakeUp = takersIn(graph, isConstant);
  const found = new Map<Node, Foldable>();
  for (const norm of graph.nodes) {
    const linear = norm.inputs[0]?.producer;
    if (norm.opType !== "BatchNormalization" || norm.domain !== "" || !linear || !(linear.opType in OUTPUT_AXIS))
      continue;
    const constant = norm.inputs.slice(1).every(isConstant);
    const plain = linear.opType !== "Gemm" || (linear.at.float("alpha", 1) === 1 && linear.at.float("beta", 1) === 1);
    if (canTakeUp(linear) && constant && plain && norm.outputs.length === 1) found.set(norm, { linear });
  }
  return found;
}

/** The axis of the weights that belongs to the output channels. */
const OUTPUT_AXIS: Readonly<Record<string, (linear: Node) => number>> = {
  Conv: () => 0,
  Gemm: (linear) => (linear.at.int("transB", 0) ? 0 : 1),
};

function fold(
  norm: Node,
  inputs: readonly (Value | undefined)[],
  { linear }: Foldable,
  graph: Graph,
): Value | undefined {
  const [y, gamma, beta, mean, variance] = inputs;
  const copy = y?.producer;
  if (!copy || !gamma || !beta || !mean || !variance) return undefined;
  const [x, W, b] = copy.inputs;
  const axis = OUTPUT_AXIS[linear.opType]?.(linear);
  if (!W || axis === undefined) return undefined;

  const s = div(gamma, sqrt(add(variance, norm.at.float("epsilon", 1e-5))));
  const perOutput = W.dims.map((d, i) => (i === axis ? d : 1));
  const folded = mul(W, reshape(s, perOutput));
  const bias = add(mul(b ? sub(b, mean) : mul(mean, -1), s), beta);
  const node = graph.intern(
    { name: copy.name, opType: copy.opType, inputs: [x, folded, bias], attributes: copy.attributes },
    [{ name: norm.output.name, dtype: y.dtype, shape: norm.output.shape }],
  );
  return node.output;
}
