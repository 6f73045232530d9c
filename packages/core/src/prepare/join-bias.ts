import type { Graph, Node, Value } from "../graph/graph.js";
import { add, expand, reshape } from "../graph/math.js";
import type { Model } from "../graph/model.js";
import { sameShape, sizeOf } from "../graph/tensor.js";
import { constantsOf, intoLayers, takersIn } from "./into-layers.js";

/** A linear layer, and which input of the sum is the constant. */
interface Joint {
  readonly linear: Node;
  readonly constant: number;
}

/**
 * Turns a constant that is added to a convolution or a product with a matrix into its bias, so that the two are one layer
 * with the bias in z, as relevance rules need it:
 *
 *   W x + c  ->  Conv(x, W, c)        x W + c  ->  Gemm(x, W, c)
 *
 * Gemm takes matrices, so where x has more axes, as tokens have, it is reshaped before, and the result after it. ONNX
 * Runtime's optimizer writes these layers in the same way.
 *
 * Requires: inferred types. Ensures: a constant per channel is added to a convolution, or a constant per column to a
 * product with a matrix, only if other nodes read the convolution or product, too.
 */
export const joinBias = (model: Model): Model =>
  intoLayers(model, findJoints(model.graph), join, "the constant that is added to it is now its bias");

function findJoints(graph: Graph): Map<Node, Joint> {
  const isConstant = constantsOf(graph);
  const canTakeUp = takersIn(graph, isConstant);
  const found = new Map<Node, Joint>();
  for (const sum of graph.nodes) {
    if (sum.opType !== "Add" || sum.domain !== "") continue;
    const constant = sum.inputs.findIndex((input) => input && isConstant(input));
    const linear = sum.inputs[1 - constant]?.producer;
    const c = sum.inputs[constant];
    if (!linear || !c || linear.domain !== "") continue;
    if (canTakeUp(linear) && fits(linear, sum.output, c)) found.set(sum, { linear, constant });
  }
  return found;
}

/** Whether c is the same for all images and positions. */
function fits(linear: Node, y: Value, c: Value): boolean {
  const z = linear.output;
  if (!z.shape || !y.shape || !c.shape || !sameShape(z.shape, y.shape)) return false;
  const isProduct = linear.opType === "MatMul" && z.shape.length >= 2 && linear.inputs[1]?.shape?.length === 2;
  const axis = linear.opType === "Conv" ? 1 : isProduct ? z.shape.length - 1 : undefined;
  const first = z.shape.length - c.shape.length;
  return axis !== undefined && c.shape.every((size, i) => size === 1 || i + first === axis);
}

function join(sum: Node, inputs: readonly (Value | undefined)[], { constant }: Joint, graph: Graph): Value | undefined {
  const c = inputs[constant];
  const linear = inputs[1 - constant]?.producer;
  const [x, W, b] = linear?.inputs ?? [];
  if (!c || !linear || !x || !W) return undefined;
  const isConv = linear.opType === "Conv";
  const outputs = W.dims[isConv ? 0 : 1] as number;
  const flat = expand(reshape(c, [c.dims.reduce((a, b) => a * b, 1)]), [outputs]);
  const { dtype, dims, name } = sum.output;
  const matrix = [sizeOf(dims.slice(0, -1)), outputs];
  const node = graph.intern(
    {
      name: linear.name,
      opType: isConv ? "Conv" : "Gemm",
      inputs: [isConv ? x : reshape(x, [sizeOf(x.dims.slice(0, -1)), W.dims[0] as number]), W, b ? add(b, flat) : flat],
      attributes: linear.attributes,
    },
    [{ name, dtype, shape: isConv ? dims : matrix }],
  );
  return reshape(node.output, dims);
}
