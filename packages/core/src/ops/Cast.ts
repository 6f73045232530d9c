import type { Value } from "../graph/graph.js";
import { cast, scalar } from "../graph/math.js";
import { isFloat } from "../graph/tensor.js";
import { defineOperator, type Fact, pass, plain, type Sign, type Wires } from "./operator.js";

/** The same numbers in another precision; whole numbers are piecewise constant, so they have no part in the gradient. */
export const castBack = ({ x, y, dy }: Wires<"x">): Value =>
  x.dtype && isFloat(x.dtype) && isFloat(y.dtype) ? cast(dy, x.dtype) : scalar(0, x);

/** What is known of whole numbers is their type. */
export const signOfCast: Fact<Sign> = ({ inputs: [x] }) =>
  isFloat(x?.dtype) ? "keeps" : x?.dtype === "bool" || x?.dtype?.startsWith("uint") ? "non-negative" : "any";

export const Cast = defineOperator({
  inputs: ["x"],
  gradient: { x: castBack },
  relevance: pass,
  layout: "copies",
  sign: signOfCast,
  zero: "keeps",
  ...plain,
});
