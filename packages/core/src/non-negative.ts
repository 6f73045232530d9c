import type { Node, Value } from "./graph/graph.js";
import { isFloat, numbersOf } from "./graph/tensor.js";
import { factOf } from "./ops/registry.js";

/**
 * Gives a function that tells whether x >= 0 is known from how a value of one graph is computed.
 * @param given values that are taken to be so; more may join them until they are asked for
 */
export function nonNegativity(given: ReadonlySet<Value> = new Set()): (value: Value) => boolean {
  const known = new Map<Value, boolean>();
  const isNonNegative = (value: Value): boolean => {
    const before = given.has(value) || known.get(value);
    if (before !== undefined) return before;
    const result = value.producer ? of(value.producer) : constant(value);
    known.set(value, result);
    return result;
  };
  const of = (node: Node): boolean => {
    const sign = factOf(node, "sign");
    if (sign !== "keeps") return sign === "non-negative";
    // shapes, axes and indices don't matter
    return [...node.reads()].every((input) => !isFloat(input.dtype) || isNonNegative(input));
  };
  return isNonNegative;
}

/** Larger constants are taken for weights, which have both signs. */
const LARGEST = 1024;

function constant({ initializer }: Value): boolean {
  const few = initializer && initializer.dims.reduce((a, b) => a * b, 1) <= LARGEST;
  const numbers = few ? numbersOf(initializer) : undefined;
  return numbers?.every((number) => number >= 0) ?? false;
}
