import { throughNormalization } from "./normalization.js";
import { defineOperator, pass, plain } from "./operator.js";

export const MeanVarianceNormalization = defineOperator({
  inputs: ["x"],
  // y = (x - mean x) / sigma over images and positions, or other axes
  gradient: { x: ({ x, dy, at }) => throughNormalization(x, dy, at.ints("axes", [0, 2, 3]), 0) },
  relevance: pass,
  layout: "keeps",
  sign: "any",
  zero: "any",
  ...plain,
});
