import { isRelu } from "../backward.js";
import type { Node, Value } from "../graph/graph.js";
import { relu } from "../graph/math.js";
import { factOf } from "../ops/registry.js";
import { type Assignment, isLayer, isProduct, type Plan } from "./plan.js";

/** What is known about the relevance of values before it is computed. */
export interface Proportions {
  /** Whether relevance is in proportion to x, so that it is 0 where x is, and R / x has a bound wherever x is near 0. */
  readonly isProportional: (x: Value) => boolean;
  /**
   * What can stand for z, as no relevance is where z is negative: only a ReLU reads z, and a ReLU that is off gets no
   * relevance. Then a division by z needs no sign. It is z itself, or the output of a plain ReLU, so that ONNX Runtime fuses
   * the ReLU into the layer before it if nothing else reads z.
   */
  readonly standIn: (z: Value) => Value | undefined;
}

/**
 * Finds values whose relevance is in proportion to them, as all that read them share by contribution.
 * @param givesWhole whether a node that adds a constant gives all relevance to its signal, whose zeros then have some
 */
export function proportionsIn(
  { assignments }: Plan,
  givesWhole: (assignment: Assignment) => boolean = () => false,
): Proportions {
  const readers = readersIn(assignments);
  const known = new Map<Value, boolean>();

  const isProportional = (x: Value): boolean => {
    const before = known.get(x);
    if (before !== undefined) return before;
    // nothing reads the logits: their relevance is the seed
    const result = readers.get(x)?.every((reader) => givesInProportion(reader, x)) ?? false;
    known.set(x, result);
    return result;
  };
  const givesInProportion = (assignment: Assignment, x: Value): boolean => {
    const { node, passes } = assignment;
    if (givesWhole(assignment)) return false;
    if (isLayer(passes)) return node.inputs[passes.signal] !== x || !passes.entry.rule.givesToZeros;
    if (passes === "share" || passes === "expand") return true;
    if (passes === "pass" && factOf(node, "zero") !== "keeps") return false;
    // layers in both factors, and normalizations, share in proportion to x
    if (typeof passes === "object" && (!isProduct(passes) || passes.form)) return true;
    if (typeof passes === "object" && !passes.signals.some((i) => node.inputs[i] === x)) return true;
    // an element that is 0 here is 0 in the output, and gets the relevance of that
    return node.outputs.every((output) => !output || isProportional(output));
  };

  const standIn = (z: Value): Value | undefined => {
    const [reader, ...others] = readers.get(z) ?? [];
    if (!reader || others.length > 0 || !isRelu(reader.node) || !isProportional(reader.node.output)) return undefined;
    // a plain ReLU is the same node; one that is bounded above hides z
    const positive = relu(z);
    return positive === reader.node.output ? positive : z;
  };
  return { isProportional, standIn };
}

/** The nodes that may give each value relevance. */
function readersIn(assignments: ReadonlyMap<Node, Assignment>): ReadonlyMap<Value, readonly Assignment[]> {
  const readers = new Map<Value, Assignment[]>();
  for (const assignment of assignments.values()) {
    for (const value of new Set(assignment.node.reads())) {
      readers.set(value, [...(readers.get(value) ?? []), assignment]);
    }
  }
  return readers;
}
