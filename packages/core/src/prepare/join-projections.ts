import type { Graph, Node, Value } from "../graph/graph.js";
import { concat, matmul, reshape, slice, transpose } from "../graph/math.js";
import type { Model } from "../graph/model.js";
import { graft, rewrite } from "../graph/rewrite.js";
import { sizeOf } from "../graph/tensor.js";
import { constantsOf } from "./into-layers.js";
import { isPlain } from "./recognize/matching.js";

/** A product of tokens with weights, x W + b. */
interface Projection {
  readonly node: Node;
  /** [..., features]; what is reshaped to a matrix for it, if it is. */
  readonly x: Value;
  /** [features, width], or turned. */
  readonly W: Value;
  readonly isTurned: boolean;
  readonly b: Value | undefined;
}

/**
 * Joins the layers that give queries, keys and values of one attention, if they read the same tokens:
 *
 *   x Wq + bq,  x Wk + bk,  x Wv + bv   ->   slices of  x [Wq Wk Wv] + [bq bk bv]
 *
 * Some networks have one layer for the three and others three, and optimizers make one of three. Since what the bias and the
 * stabilizer of a layer keep is spread over all of it, relevance would depend on that.
 *
 * Requires: attention in its form, joined biases. Ensures: no two layers between the same tokens and the same attention.
 */
export function joinProjections(model: Model): Model {
  const isConstant = constantsOf(model.graph);
  const order = new Map(model.graph.nodes.map((node, i) => [node, i]));
  const groups = new Map<Node, Group>();
  for (const node of model.graph.nodes) {
    if (!isPlain(node, "MatMul") || !isPlain(node.inputs[0]?.producer, "Softmax")) continue;
    const before = projectionsBefore(node, isConstant).filter((projection) => !groups.has(projection.node));
    const found = before.sort((a, b) => (order.get(a.node) as number) - (order.get(b.node) as number));
    for (const x of new Set(found.map((projection) => projection.x))) {
      const group = found.filter((projection) => projection.x === x);
      if (group.length > 1) for (const { node } of group) groups.set(node, group);
    }
  }
  if (groups.size === 0) return model;
  const joints = new Map<Group, Value>();
  const { graph } = rewrite(model.graph, (node, [x], target) => {
    const group = groups.get(node);
    if (!group || !x) return undefined;
    const joint = joints.get(group) ?? joined(group, x, target);
    joints.set(group, joint);
    const before = group.slice(
      0,
      group.findIndex((projection) => projection.node === node),
    );
    const start = before.reduce((sum, projection) => sum + widthOf(projection), 0);
    const end = start + widthOf(group[before.length] as Projection);
    return reshape(slice(joint, [{ axis: joint.rank - 1, start, end }]), node.output.dims);
  });
  return { ...model, graph };
}

/** Layers of the same tokens. */
type Group = readonly Projection[];

/** The one layer of a group: a matrix product with a bias if any has one. */
function joined(group: Group, x: Value, graph: Graph): Value {
  const copy = (v: Value, { node }: Projection) => graft(v, new Map(), graph, node.name);
  const weights = group.map((one) => (one.isTurned ? transpose(copy(one.W, one), [1, 0]) : copy(one.W, one)));
  const W = concat(weights, 1);
  if (group.every(({ node }) => node.opType === "MatMul")) return matmul(x, W);
  const biases = group.map((one) => {
    const width = widthOf(one);
    return one.b
      ? reshape(copy(one.b, one), [width])
      : graph.constant(x.dtype ?? "float32", [width], new Array(width).fill(0));
  });
  const features = W.dims[0] as number;
  return graph.emit("Gemm", [reshape(x, [sizeOf(x.dims) / features, features]), W, concat(biases, 0)]);
}

const widthOf = ({ node }: Projection): number => node.output.dims.at(-1) as number;

/** The layers between an attention and what its queries, keys and values are made of. */
function projectionsBefore(product: Node, isConstant: (value: Value | undefined) => boolean): Projection[] {
  const found: Projection[] = [];
  const reached = new Set(product.inputs.filter((v): v is Value => v !== undefined && !isConstant(v)));
  for (const { producer } of reached) {
    const weighs = producer?.inputs.slice(1).every(isConstant);
    const projection = producer && weighs ? projectionOf(producer) : undefined;
    if (projection) found.push(projection);
    // any other layer is none of this attention
    else if (!isPlain(producer, "Conv")) {
      for (const input of producer?.inputs ?? []) if (input && !isConstant(input)) reached.add(input);
    }
  }
  return found;
}

function projectionOf(node: Node): Projection | undefined {
  const [x, W, b] = node.inputs;
  if (!x?.shape || !node.output.shape || W?.shape?.length !== 2) return undefined;
  if (isPlain(node, "MatMul")) return { node, x, W, isTurned: false, b: undefined };
  const { at } = node;
  const isProduct = ["alpha", "beta"].every((name) => at.float(name, 1) === 1) && at.int("transA", 0) === 0;
  const isPerColumn = !b || (b.shape && sizeOf(b.shape) === node.output.dims[1]);
  if (!isPlain(node, "Gemm") || !isProduct || !isPerColumn) return undefined;
  const [tokens] = isPlain(x.producer, "Reshape") ? x.producer.inputs : [];
  const isMatrixOf = tokens?.shape?.at(-1) === x.dims[1];
  return { node, x: tokens && isMatrixOf ? tokens : x, W, isTurned: at.int("transB", 0) === 1, b };
}
