import type { Node, Value } from "../graph/graph.js";
import { sizeOf } from "../graph/tensor.js";
import { expansionOf, type LayoutPassing } from "../ops/operator.js";
import { factOf, knownOperator } from "../ops/registry.js";

/**
 * Whether a value is a gate: a bounded activation, perhaps in another layout or scaled (squeeze and excite's
 * x sigmoid(...), SiLU's x sigmoid(x), h-swish's x clip(x + 3, 0, 6) / 6, attention's softmax).
 * @param signals everything that is computed from the image
 * @param opens whether a node makes gates. Default: if its operator says so
 */
export function isGate(value: Value, signals: ReadonlySet<Value>, opens = opensGates): boolean {
  const node = value.producer;
  if (!node) return false;
  const role = factOf(node, "gate");
  if (role === "opens") return opens(node);
  if (CARRYING.has(factOf(node, "layout") ?? "ends")) return isGate(node.inputs[0] as Value, signals, opens);
  if (role !== "scales" && role !== "divides") return false;
  const varying = node.inputs.filter((input) => input && signals.has(input));
  return varying.length === 1 && isGate(varying[0] as Value, signals, opens);
}

/** Whether a node makes gates. */
export const opensGates = (node: Node): boolean => factOf(node, "gate") === "opens";

/** The same without softmax, where attention weights are signals. */
export function opensExceptSoftmax(node: Node): boolean {
  const operator = knownOperator(node);
  return opensGates(node) && operator !== undefined && !expansionOf(operator);
}

/** Operators that give their input's numbers in another layout. */
const CARRYING: ReadonlySet<LayoutPassing> = new Set(["copies", "moves", "reshapes", "permutes"]);

/** Which inputs of a matrix product get its relevance: those that depend on the image and are not gates, or all if all are gates. */
export function factorsOf(node: Node, signals: ReadonlySet<Value>, opens = opensGates): number[] {
  const varying = node.inputs.flatMap((input, i) => (input && signals.has(input) ? [i] : []));
  const open = varying.filter((i) => !isGate(node.inputs[i] as Value, signals, opens));
  return open.length > 0 ? open : varying;
}

/**
 * Which inputs of a product, number by number, get its relevance: the one that is not a gate. If both or neither are gates, it is the larger
 * one, and if they are equally large, both.
 */
export function signalsOf(node: Node, signals: ReadonlySet<Value>, opens = opensGates): number[] {
  const varying = node.inputs.flatMap((input, i) => (input && signals.has(input) ? [i] : []));
  // a divisor is a scale
  if (factOf(node, "gate") === "divides" && varying.includes(0)) return [0];
  if (varying.length < 2) return varying;
  const at = (i: number) => node.inputs[i] as Value;
  const open = varying.filter((i) => !isGate(at(i), signals, opens));
  if (open.length === 1) return open;
  const largest = Math.max(...varying.map((i) => sizeOf(at(i).dims)));
  return varying.filter((i) => sizeOf(at(i).dims) === largest);
}
