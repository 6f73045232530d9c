import { LimnError } from "../error.js";
import type { Node } from "../graph/graph.js";
import { Greater } from "./Greater.js";
import { Mul } from "./Mul.js";
import type { Operator } from "./operator.js";
import { Relu } from "./Relu.js";

/** Every operator that Limn knows, by its ONNX name. */
export const operators = {
  Greater,
  Mul,
  Relu,
} satisfies Record<string, Operator>;

export type OperatorName = keyof typeof operators;

/**
 * The definition of a node's operator.
 * @throws LimnError `unsupported` naming the node
 */
export function operatorOf(node: Node): Operator {
  const operator: Operator | undefined =
    node.domain === "" && Object.hasOwn(operators, node.opType) ? operators[node.opType as OperatorName] : undefined;
  if (operator) return operator;
  throw new LimnError(
    "unsupported",
    `${node.label}: Limn has no gradient for this operator; choose a layer behind it, or export the model without it`,
  );
}
