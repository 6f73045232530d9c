import type { Node, Value } from "../graph/graph.js";
import { isFloat } from "../graph/tensor.js";
import { nonNegativity } from "../non-negative.js";
import { gate, type LayoutPassing, pass } from "../ops/operator.js";
import { factOf, knownOperator } from "../ops/registry.js";
import { isGate, signalsOf } from "./gate.js";

/** Ways of handing on an input's numbers, or the means and maxima of some. */
const HANDING_ON: ReadonlySet<LayoutPassing> = new Set(["copies", "moves", "reshapes", "permutes", "pools"]);

/**
 * Tells, for the values of one graph, whether they come out of an activation function, which leaves of what is below zero
 * nothing or little: ReLU, SiLU, GELU and so on, or a sum, choice or arrangement of such. What comes out of a linear layer or a
 * normalization has both signs.
 * @param signals everything that is computed from the image
 */
export function activatedness(signals: ReadonlySet<Value>): (value: Value) => boolean {
  const isNonNegative = nonNegativity();
  const known = new Map<Value, boolean>();
  const isActivated = (value: Value): boolean => {
    const before = known.get(value);
    if (before !== undefined) return before;
    const result = isNonNegative(value) || (value.producer !== undefined && of(value.producer));
    known.set(value, result);
    return result;
  };
  const of = (node: Node): boolean => {
    const layout = factOf(node, "layout");
    const varying = node.inputs.filter((v): v is Value => v !== undefined && isFloat(v.dtype) && signals.has(v));
    const [x] = varying;
    if (!layout || !x) return false;
    if (HANDING_ON.has(layout)) return isActivated(x);
    if (layout !== "keeps") return false;
    if (varying.some((v) => isGate(v, signals))) {
      const [signal = x] = signalsOf(node, signals).map((i) => node.inputs[i] as Value);
      // x gate(x) is an activation; another gate leaves a signal's sign as it is
      return varying.some((v) => v !== signal && isFunctionOf(v, signal)) || isActivated(signal);
    }
    if (varying.length > 1) return varying.every(isActivated);
    const relevance = knownOperator(node)?.relevance;
    // a normalization shifts 0; a constant factor may be that of an activation, as in h-swish
    const isFunction = relevance === pass && factOf(node, "gate") === "none" && factOf(node, "zero") === "keeps";
    return isFunction || (relevance === gate && isActivated(x));
  };
  return isActivated;
}

/** Whether a value is computed number by number from another one. */
function isFunctionOf(value: Value, x: Value): boolean {
  const seen = new Set([value]);
  for (const reached of seen) {
    if (reached === x) return true;
    const layout = reached.producer && factOf(reached.producer, "layout");
    if (layout !== "keeps" && layout !== "copies") continue;
    for (const input of reached.producer?.inputs ?? []) if (input) seen.add(input);
  }
  return false;
}
