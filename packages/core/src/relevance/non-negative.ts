import type { Node, Value } from "../graph/graph.js";
import { isFloat, numbersOf } from "../graph/tensor.js";

/** Operators whose output is never negative. */
const ALWAYS = new Set(["Relu", "Sigmoid", "HardSigmoid", "Softmax", "Softplus", "Abs", "Exp", "Sqrt"]);

/** Operators whose output is not negative where none of their inputs is. */
const KEPT = new Set([
  ...["Add", "Sum", "Mean", "Mul", "Div", "Max", "Min", "Concat", "Identity", "Dropout", "Cast"],
  ...["MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "ReduceMean", "ReduceSum", "ReduceMax"],
  ...["Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Slice", "Split", "Gather", "Pad", "Expand", "Tile"],
  ...["DepthToSpace", "SpaceToDepth"],
]);

/** Tells, for the values of one graph, whether x >= 0 is known from how they are computed. */
export function nonNegativity(): (value: Value) => boolean {
  const known = new Map<Value, boolean>();
  const isNonNegative = (value: Value): boolean => {
    const before = known.get(value);
    if (before !== undefined) return before;
    const result = value.producer ? of(value.producer) : constant(value);
    known.set(value, result);
    return result;
  };
  const of = (node: Node): boolean => {
    if (node.domain !== "") return false;
    if (ALWAYS.has(node.opType)) return true;
    if (node.opType === "Clip")
      return isFloor(node.inputs[1]) || (isNonNegative(node.inputs[0] as Value) && !node.inputs[1]);
    if (!KEPT.has(node.opType)) return false;
    // shapes, axes and indices don't enter the values
    return [...node.reads()].every((input) => !isFloat(input.dtype) || isNonNegative(input));
  };
  return isNonNegative;
}

const isFloor = (bound: Value | undefined): boolean =>
  bound?.initializer !== undefined && (numbersOf(bound.initializer)?.[0] ?? -1) >= 0;

/** Large constants are weights, which have both signs. */
const LARGEST = 1024;

function constant({ initializer }: Value): boolean {
  const few = initializer && initializer.dims.reduce((a, b) => a * b, 1) <= LARGEST;
  const numbers = few ? numbersOf(initializer) : undefined;
  return numbers?.every((number) => number >= 0) ?? false;
}
