import type { Value } from "../graph/graph.js";
import { cast, scalar } from "../graph/math.js";
import { isFloat } from "../graph/tensor.js";
import { defineOperator, type Fact, pass, plain, type Sign, type Wires } from "./operator.js";

/** dy in the precision of x; 0 if x or y are whole numbers, which are piecewise constant. */
export const castBack = ({ x, y, dy }: Wires<"x">): Value =>
  x.dtype && isFloat(x.dtype) && isFloat(y.dtype) ? cast(dy, x.dtype) : scalar(0, x);

/** Casts of floats keep the sign; for whole numbers, only the type is known. */
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
