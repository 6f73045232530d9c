import { castBack, signOfCast } from "./Cast.js";
import { defineOperator, pass, piecewiseConstant, plain } from "./operator.js";

export const CastLike = defineOperator({
  inputs: ["x", "like"],
  gradient: { x: castBack, like: piecewiseConstant("only the type of this input counts") },
  relevance: pass,
  layout: "copies",
  sign: signOfCast,
  zero: "keeps",
  ...plain,
});
