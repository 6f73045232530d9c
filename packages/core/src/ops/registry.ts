import { blaming, told } from "../definition.js";
import { LimnError } from "../error.js";
import type { KnownOperators, Node, OperatorKey, Value } from "../graph/graph.js";
import type { Axes, AxesWires, Placed, Taken } from "./axes.js";
import { checkedOperator, checkFact } from "./checked-operator.js";
import { notDifferentiableOperators } from "./not-differentiable.js";
import { type Facts, inputName, type LayoutPassing, type Operator } from "./operator.js";
import * as single from "./operators.js";
import { piecewiseConstantOperators } from "./piecewise-constant.js";
import { quantizedOperators } from "./quantized.js";
import { recurrentOperators } from "./recurrent.js";

/** Every operator that Limn knows: ONNX's own by name, others as `domain.Name`. */
export const operators = {
  ...piecewiseConstantOperators,
  ...notDifferentiableOperators,
  ...quantizedOperators,
  ...recurrentOperators,
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
    checkNames(own);
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

/** @throws LimnError `bad-option` for a list, and for operators that are not ONNX's and have no domain */
function checkNames(own: Readonly<Record<string, Operator>>): void {
  if (typeof own !== "object" || own === null || Array.isArray(own)) {
    const example = '{ "com.microsoft.QuickGelu": QuickGelu }';
    throw new LimnError("bad-option", `operators: give them by name, as in ${example}, not ${told(own)}`);
  }
  const stranger = Object.keys(own).find((name) => !name.includes(".") && !Object.hasOwn(operators, name));
  if (stranger === undefined) return;
  throw new LimnError(
    "bad-option",
    `operator ${stranger}: ONNX's own set has no such operator; give the name with its domain, such as "com.microsoft.${stranger}"`,
  );
}

/** Limn's own operators. */
export const standardOperators = new OperatorTable();

/** The definition of a node's operator; undefined if Limn has none. */
export const knownOperator = (node: Node): Operator | undefined =>
  (node.operators instanceof OperatorTable ? node.operators : standardOperators).find(node);

/** Whether the node's operator has a gradient by one of its inputs, so that the output is made of its numbers. */
export function hasGradient(node: Node, index: number): boolean {
  const operator = knownOperator(node);
  const rules = operator?.gradient as Readonly<Record<string, unknown>> | undefined;
  return operator !== undefined && typeof rules?.[inputName(operator, index) ?? ""] === "function";
}

/** Operators that only move an input's elements, as do those that choose among them. */
const MOVING: ReadonlySet<LayoutPassing> = new Set(["moves", "copies", "reshapes", "permutes"]);

/** Whether a node's output holds numbers of its inputs, moved or chosen. */
export const movesNumbers = (node: Node): boolean =>
  MOVING.has(factOf(node, "layout") ?? "ends") || knownOperator(node)?.relevance === "route";

/** Whether relevance holds one of a node's inputs constant. */
export const isHeld = (node: Node, index: number): boolean => {
  const operator = knownOperator(node);
  return operator?.held?.includes(inputName(operator, index) ?? "") ?? false;
};

/** Whether a node's operator is defined by the user. */
export const isOwn = (node: Node): boolean => knownOperator(node) !== standardOperators.find(node);

/** What messages call a definition of the user's own, where it meets a node. */
export const nameAt = ({ domain, opType, name, output }: Node): string =>
  `operator ${domain ? `${domain}.` : ""}${opType} at ${name || output.name}`;

/**
 * Calls a function of the definition of a node's operator.
 * @param what of the definition it is, for messages
 * @throws LimnError `bad-option` naming the operator and the node where a definition of the user's own throws
 */
export const calling = <T>(node: Node, what: string, call: () => T): T =>
  isOwn(node) ? blaming(`${nameAt(node)}: its ${what}`, call) : call();

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

/**
 * A fact about a node; undefined if its operator does not say, or if Limn does not know the operator.
 * @throws LimnError `bad-option` naming an operator of the user's own whose answer is not one of the words
 */
export function factOf<K extends keyof Facts | "zero">(node: Node, name: K): Known<Operator[K]> | undefined {
  const fact = knownOperator(node)?.[name];
  if (typeof fact !== "function") return fact as Known<Operator[K]> | undefined;
  const said = calling(node, `\`${name}\``, () => fact(node));
  checkFact(nameAt(node), name, said);
  return said as Known<Operator[K]>;
}

/** What lies along the axes of values, where that is known. */
type KnownAxes = ReadonlyMap<Value, Axes>;

/** What a node's rules of axes see of it and of one of its outputs. */
export function axesWires(node: Node, y: Value, index: number, known: KnownAxes): AxesWires {
  const operator = operatorOf(node);
  const placed = (value: Value): Placed => ({ value, shape: value.shape ?? [], axes: known.get(value) });
  const named = node.inputs.map((value, i) => [inputName(operator, i), value && placed(value)] as const);
  const xs = node.inputs.flatMap((value) => (value ? [placed(value)] : []));
  return { inputs: Object.fromEntries(named), xs, y, index, at: node.at, node };
}

/** What an output has of the first input's axes; undefined if the node does more than to take parts, or nothing can be said. */
export const takenBy = (
  node: Node,
  y: Value,
  index: number,
  known: KnownAxes = new Map(),
): readonly Taken[] | undefined => knownOperator(node)?.takes?.(axesWires(node, y, index, known));
