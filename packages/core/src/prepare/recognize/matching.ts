import type { Node, Value } from "../../graph/graph.js";
import { numbersOf, sizeOf } from "../../graph/tensor.js";
import { isOwn } from "../../ops/registry.js";

/** The number that a constant of one element holds; undefined for everything else. */
export function numberOf({ initializer }: Value): number | undefined {
  return initializer && sizeOf(initializer.dims) === 1 ? numbersOf(initializer)?.[0] : undefined;
}

/** Whether a node is an operator of ONNX itself, and the user has not defined it in another way. */
export const isPlain = <OpType extends string>(node: Node | undefined, opType: OpType): node is Plain<OpType> =>
  node?.opType === opType && node.domain === "" && !isOwn(node);

type Plain<OpType extends string> = Node & { readonly opType: OpType };
