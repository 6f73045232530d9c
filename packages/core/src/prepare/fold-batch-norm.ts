import type { Graph, Node, Value } from "../graph/graph.js";
import { add, div, mul, reshape, sqrt, sub } from "../graph/math.js";
import type { Model } from "../graph/model.js";
import { rewrite } from "../graph/rewrite.js";

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
export function foldBatchNorm(model: Model): Model {
  const foldable = findFoldable(model.graph);
  if (foldable.size === 0) return model;
  const { graph, successors } = rewrite(model.graph, (node, inputs, target) => {
    const linear = foldable.get(node);
    return linear && fold(node, inputs, linear, target);
  });
  for (const [norm, linear] of foldable) {
    const folded = successors.get(norm.output);
    if (!folded) continue;
    if (linear.name) graph.names.set(linear.name, folded);
    graph.names.delete(linear.output.name);
    graph.dissolved.set(linear.output.name, `its batch normalization is folded into it; use "${norm.output.name}"`);
  }
  return { ...model, graph };
}

/** BatchNormalization nodes and the linear layer each can be folded into. */
function findFoldable(graph: Graph): Map<Node, Node> {
  const consumers = graph.consumers();
  const computed = graph.dependents(graph.inputs);
  const isConstant = (value: Value | undefined) => value === undefined || !computed.has(value);

  const found = new Map<Node, Node>();
  for (const norm of graph.nodes) {
    const linear = norm.inputs[0]?.producer;
    if (norm.opType !== "BatchNormalization" || norm.domain !== "" || !linear || !(linear.opType in OUTPUT_AXIS))
      continue;
    const alone = consumers.get(linear.output)?.length === 1 && !graph.outputs.includes(linear.output);
    const constant = linear.inputs.slice(1).every(isConstant) && norm.inputs.slice(1).every(isConstant);
    const plain = linear.opType !== "Gemm" || (linear.at.float("alpha", 1) === 1 && linear.at.float("beta", 1) === 1);
    if (alone && constant && plain && norm.outputs.length === 1) found.set(norm, linear);
  }
  return found;
}

/** The axis of the weights that belongs to the output channels. */
const OUTPUT_AXIS: Readonly<Record<string, (linear: Node) => number>> = {
  Conv: () => 0,
  Gemm: (linear) => (linear.at.int("transB", 0) ? 0 : 1),
};

function fold(norm: Node, inputs: readonly (Value | undefined)[], linear: Node, graph: Graph): Value | undefined {
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
