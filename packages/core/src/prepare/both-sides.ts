import type { Value } from "../graph/graph.js";
import { concat, neg, reshape } from "../graph/math.js";
import type { EmittedOperator } from "../graph/shapes.js";
import { sizeOf } from "../graph/tensor.js";
import { factOf } from "../ops/registry.js";

/**
 * The network of two classes that a network of one logit stands for: y for the class that it speaks for, -y for the other.
 * Both are written into the last linear layer, so that methods see the two classes of any other classifier.
 * @param y [N, 1]
 * @param side the class that y speaks for
 * @returns [N, 2]; sigmoid makes probabilities of it that sum to 1
 */
export function bothSides(y: Value, side: 0 | 1): Value {
  const both = (x: Value, axis: number) => concat(side === 1 ? [neg(x), x] : [x, neg(x)], axis);
  const batch = y.dims[0] as number;
  const widened = (value: Value): Value | undefined => {
    const node = value.producer;
    const [a, b, c] = node?.inputs ?? [];
    if (node?.domain !== "" || !a) return undefined;
    const { graph } = value;
    const constant = (x: Value | undefined): x is Value => x?.initializer !== undefined;
    const emit = (inputs: readonly Value[]) =>
      graph.emit(node.opType as EmittedOperator, inputs, Object.fromEntries(node.attributes));
    switch (node.opType) {
      case "Gemm": {
        if (!constant(b) || node.at.int("transA", 0) || (c && (!constant(c) || sizeOf(c.dims) !== 1))) return undefined;
        const weights = both(b, node.at.int("transB", 0) ? 0 : 1);
        return emit([a, weights, ...(c ? [both(reshape(c, [1]), 0)] : [])]);
      }
      case "MatMul":
        return constant(b) && a.rank === 2 && b.rank === 2 ? emit([a, both(b, 1)]) : undefined;
      case "Add": {
        const [product, bias] = constant(b) ? [a, b] : [b, a];
        const inner = product && constant(bias) && sizeOf(bias.dims) === 1 && product.rank === 2 && widened(product);
        return inner ? emit([inner, both(reshape(bias as Value, [1]), 0)]) : undefined;
      }
      case "Conv": {
        const wide = sizeOf(a.dims.slice(2)) === 1 && sizeOf(value.dims.slice(1)) === 1;
        if (!wide || !constant(b) || (c && !constant(c)) || node.at.int("group", 1) !== 1) return undefined;
        return emit([a, both(b, 0), ...(c ? [both(c, 0)] : [])]);
      }
      default: {
        const layout = factOf(node, "layout");
        const isCopy = layout === "reshapes" || layout === "copies";
        const inner = isCopy && a.shape && sizeOf(a.dims) === batch ? widened(a) : undefined;
        return inner && reshape(inner, [batch, 2]);
      }
    }
  };
  const made = widened(y);
  return made ? reshape(made, [batch, 2]) : both(reshape(y, [batch, 1]), 1);
}
