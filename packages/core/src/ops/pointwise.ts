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

/** What a function of one number says of itself. */
export interface PointwiseDefinition extends Pick<Facts, "sign" | "rectifies" | "scores"> {
  /** dx, the gradient by the input: dy times the slope, in terms of the input x or of the output y. */
  readonly dx: (wires: Wires<"x">) => Value;
  readonly zero: Fact<Zero>;
  /** Default "none". */
  readonly gate?: Facts["gate"];
}

/** An operator that applies one function to every number by itself, as activations do: a formula, and what it says of sign and zero. */
export const pointwise = ({ dx, ...facts }: PointwiseDefinition): Operator =>
  defineOperator({ inputs: ["x"], gradient: { x: dx }, relevance: pass, layout: "keeps", ...plain, ...facts });
