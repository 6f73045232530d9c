import type { Value } from "../graph/graph.js";
import { reshape } from "../graph/math.js";
import type { EmittedOperator } from "../graph/shapes.js";
import { sizeOf } from "../graph/tensor.js";
import { factOf } from "../ops/registry.js";

/**
 * Writes a linear function of a network's scores into its last linear layer, so that methods see the layer of any other
 * classifier; after it, if there is none to write it into.
 *
 *   L (W a + b) = (L W) a + L b
 *
 * @param y as many numbers as classes for each image, in any shape
 * @param linear the function L, along an axis of numbers, one for each class
 * @returns [N, what L gives]
 */
export function throughLastLayer(y: Value, batch: number, linear: (x: Value, axis: number) => Value): Value {
  const classes = sizeOf(y.dims) / batch;
  const ofImage = y.graph.dependents(y.graph.inputs);
  const isConstant = (x: Value | undefined): x is Value => x !== undefined && !ofImage.has(x);
  const isBias = (x: Value | undefined): x is Value => isConstant(x) && sizeOf(x.dims) === classes;
  const flat = (bias: Value) => linear(reshape(bias, [classes]), 0);
  const changed = (value: Value): Value | undefined => {
    const node = value.producer;
    const [a, b, c] = node?.inputs ?? [];
    if (node?.domain !== "" || !a) return undefined;
    const emit = (inputs: readonly Value[]) =>
      value.graph.emit(node.opType as EmittedOperator, inputs, Object.fromEntries(node.attributes));
    switch (node.opType) {
      case "Gemm":
        if (!isConstant(b) || node.at.int("transA", 0) || (c && !isBias(c))) return undefined;
        return emit([a, linear(b, node.at.int("transB", 0) ? 0 : 1), ...(c ? [flat(c)] : [])]);
      case "MatMul":
        return isConstant(b) && a.rank === 2 && b.rank === 2 ? emit([a, linear(b, 1)]) : undefined;
      case "Add": {
        const [product, bias] = isConstant(b) ? [a, b] : [b, a];
        const inner = product && isBias(bias) && product.rank === 2 && changed(product);
        return inner ? emit([inner, flat(bias)]) : undefined;
      }
      case "Conv": {
        const isWhole = sizeOf(a.dims.slice(2)) === 1 && sizeOf(value.dims.slice(2)) === 1;
        if (!isWhole || !isConstant(b) || (c && !isConstant(c)) || node.at.int("group", 1) !== 1) return undefined;
        return emit([a, linear(b, 0), ...(c ? [flat(c)] : [])]);
      }
      default: {
        const layout = factOf(node, "layout");
        const isCopy = layout === "reshapes" || layout === "copies";
        const inner = isCopy && a.shape && sizeOf(a.dims) === batch * classes ? changed(a) : undefined;
        return inner && reshape(inner, [batch, sizeOf(inner.dims) / batch]);
      }
    }
  };
  const made = changed(y);
  return made ? reshape(made, [batch, sizeOf(made.dims) / batch]) : linear(reshape(y, [batch, classes]), 1);
}
