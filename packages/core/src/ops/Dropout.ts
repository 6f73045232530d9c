import { defineOperator, pass } from "./operator.js";

export const Dropout = defineOperator({
  inputs: ["x", "ratio?", "training?"],
  // y = x, since models are explained as they predict: nothing is dropped
  gradient: { x: ({ dy }) => dy },
  relevance: pass,
  layout: "copies",
  sign: "keeps",
  zero: "keeps",
  gate: "none",
  // in training, it drops random elements
  numbers: "drawn",
});
