import type { Graph, Node, Value } from "../graph/graph.js";
import { concat, reshape, slice, transpose } from "../graph/math.js";
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
  // the product with the values comes last, and has all three before it
  for (const node of model.graph.nodes.toReversed()) {
    if (!isPlain(node, "MatMul") || node.inputs.some(isConstant)) continue;
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

/** The one layer of a group: a matrix product with a bias if any has one. It has the name of the first. */
function joined(group: Group, x: Value, graph: Graph): Value {
  const [{ node: first }] = group as [Projection];
  const copy = (v: Value, { node }: Projection) => graft(v, new Map(), graph, node.name);
  const weights = group.map((one) => (one.isTurned ? transpose(copy(one.W, one), [1, 0]) : copy(one.W, one)));
  const biases = group.map((one) => {
    const none = () => graph.constant(x.dtype ?? "float32", [widthOf(one)], new Array(widthOf(one)).fill(0));
    return one.b ? reshape(copy(one.b, one), [widthOf(one)]) : none();
  });
  const W = concat(weights, 1);
  const [features, width] = W.dims as [number, number];
  const isPlainProduct = group.every(({ node }) => node.opType === "MatMul");
  const matrix = [sizeOf(x.dims) / features, features];
  const opType = isPlainProduct ? "MatMul" : "Gemm";
  const inputs = isPlainProduct ? [x, W] : [reshape(x, matrix), W, concat(biases, 0)];
  const shape = [...(isPlainProduct ? x.dims : matrix).slice(0, -1), width];
  const { name, dtype } = first.output;
  return graph.intern({ name: first.name, opType, inputs, attributes: new Map() }, [
    { name: `${name}/joined`, dtype, shape },
  ]).output;
}

const widthOf = ({ node }: Projection): number => node.output.dims.at(-1) as number;

/** The layers between a product of two computed values, as attention has them, and what these are made of. */
function projectionsBefore(product: Node, isConstant: (value: Value | undefined) => boolean): Projection[] {
  const found: Projection[] = [];
  const reached = new Set(product.inputs.filter((v): v is Value => v !== undefined && !isConstant(v)));
  for (const { producer } of reached) {
    const weighs = producer?.inputs.slice(1).every(isConstant);
    const projection = producer && weighs ? projectionOf(producer) : undefined;
    if (projection) found.push(projection);
    // all other layers are not part of this attention
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
