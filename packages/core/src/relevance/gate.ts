import type { Node, Value } from "../graph/graph.js";
import { sizeOf } from "../graph/tensor.js";

/** Activations that say how much of something passes: their output lies between two bounds. */
const GATES = new Set(["Sigmoid", "HardSigmoid", "Softmax", "Tanh"]);

/** Operators that bring a gate into another shape or scale. */
const CARRIERS = new Set([
  ...["Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Expand", "Identity", "Dropout", "Cast", "Resize"],
  ...["Slice", "Split"],
]);

/** Operators that scale or shift by a constant. */
const SCALING = new Set(["Mul", "Div", "Add", "Sub"]);

/**
 * Whether a value is a gate: a bounded activation, as it is or scaled (squeeze and excite's x sigmoid(...), SiLU's
 * x sigmoid(x), h-swish's x clip(x + 3, 0, 6) / 6, attention's softmax).
 * @param signals everything that is computed from the image
 */
export function isGate(value: Value, signals: ReadonlySet<Value>): boolean {
  const node = value.producer;
  if (node?.domain !== "") return false;
  if (GATES.has(node.opType)) return true;
  if (node.opType === "Clip") return node.inputs[1] !== undefined && node.inputs[2] !== undefined;
  if (CARRIERS.has(node.opType)) return isGate(node.inputs[0] as Value, signals);
  if (!SCALING.has(node.opType)) return false;
  const varying = node.inputs.filter((input) => input && signals.has(input));
  return varying.length === 1 && isGate(varying[0] as Value, signals);
}

/**
 * Which inputs of a product get its relevance: the one that is no gate; where that does not tell them apart, the
 * larger one, and where nothing does, both.
 */
export function signalsOf(node: Node, signals: ReadonlySet<Value>): number[] {
  const varying = node.inputs.flatMap((input, i) => (input && signals.has(input) ? [i] : []));
  // what something is divided by is its scale
  if (node.opType === "Div" && varying.includes(0)) return [0];
  if (varying.length < 2) return varying;
  const at = (i: number) => node.inputs[i] as Value;
  const open = varying.filter((i) => !isGate(at(i), signals));
  if (open.length === 1) return open;
  const largest = Math.max(...varying.map((i) => sizeOf(at(i).dims)));
  return varying.filter((i) => sizeOf(at(i).dims) === largest);
}
