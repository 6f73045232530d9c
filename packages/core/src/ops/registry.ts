import { LimnError } from "../error.js";
import type { KnownOperators, Node, OperatorKey } from "../graph/graph.js";
import { checkedOperator } from "./checked-operator.js";
import { notDifferentiableOperators } from "./not-differentiable.js";
import type { Facts, Operator } from "./operator.js";
import * as single from "./operators.js";
import { piecewiseConstantOperators } from "./piecewise-constant.js";
import { quantizedOperators } from "./quantized.js";

/** Every operator that Limn knows: ONNX's own by name, others as `domain.Name`. */
export const operators = {
  ...piecewiseConstantOperators,
  ...notDifferentiableOperators,
  ...quantizedOperators,
  ...single,
} satisfies Record<string, Operator>;

/** The operators that Limn knows in a model: its own, and those of a user. */
export class OperatorTable implements KnownOperators {
  readonly #operators: ReadonlyMap<string, Operator>;

  /**
   * @param own the user's operators by name (`MyOp` for ONNX's own set, else `com.microsoft.MyOp`); they take precedence over
   *   Limn's
   * @throws LimnError `bad-option` with the operator and what is wrong with its definition
   */
  constructor(own: Readonly<Record<string, Operator>> = {}) {
    const checked = Object.entries(own).map(([name, operator]) => [name, checkedOperator(name, operator)] as const);
    this.#operators = new Map<string, Operator>([...Object.entries(operators), ...checked]);
  }

  /** The definition of an operator; undefined if it is not known. */
  find({ domain, opType }: OperatorKey): Operator | undefined {
    return this.#operators.get(domain ? `${domain}.${opType}` : opType);
  }

  /** Whether an operator draws random numbers. */
  draws(key: OperatorKey): boolean {
    return this.find(key)?.numbers === "drawn";
  }
}

/** Limn's own operators. */
export const standardOperators = new OperatorTable();

/** The definition of a node's operator; undefined if Limn has none. */
export const knownOperator = (node: Node): Operator | undefined =>
  (node.operators instanceof OperatorTable ? node.operators : standardOperators).find(node);

/**
 * The definition of a node's operator.
 * @throws LimnError `unsupported` with the node if Limn has none
 */
export function operatorOf(node: Node): Operator {
  const operator = knownOperator(node);
  if (operator) return operator;
  throw new LimnError(
    "unsupported",
    `${node.label}: Limn does not know this operator; choose a layer downstream of it, define it (see defineOperator), or export the model without it`,
  );
}

type Known<T> = T extends (node: Node) => infer Value ? Value : T;

/** A fact about a node; undefined if its operator does not say, or if Limn does not know the operator. */
export function factOf<K extends keyof Facts | "zero">(node: Node, name: K): Known<Operator[K]> | undefined {
  const fact = knownOperator(node)?.[name];
  return (typeof fact === "function" ? fact(node) : fact) as Known<Operator[K]> | undefined;
}
