import type { Value } from "../graph/graph.js";
import {
  defineOperator,
  type Fact,
  type Facts,
  type Operator,
  pass,
  plain,
  type Wires,
  type Zero,
} from "./operator.js";

/** The definition of an operator that is a function of one number. */
export interface PointwiseDefinition extends Pick<Facts, "sign" | "rectifies" | "scores" | "roughly"> {
  /** The gradient by the input x: dy times the slope, computed from x or from the output y. */
  readonly dx: (wires: Wires<"x">) => Value;
  /** What is known about the function's value at 0. */
  readonly zero: Fact<Zero>;
  /** Default "none". */
  readonly gate?: Facts["gate"];
}

/**
 * Defines an operator that applies a function to every number separately, as activations do.
 * @example
 * // y = x sigmoid(x), d y = (s + y (1 - s)) dx with s = sigmoid(x)
 * const Silu = pointwise({
 *   dx: ({ x, y, dy }) => mul(dy, add(sigmoid(x), mul(y, sub(1, sigmoid(x))))),
 *   sign: "keeps",
 *   zero: "keeps",
 * });
 */
export const pointwise = ({ dx, ...facts }: PointwiseDefinition): Operator =>
  defineOperator({ inputs: ["x"], gradient: { x: dx }, relevance: pass, layout: "keeps", ...plain, ...facts });
