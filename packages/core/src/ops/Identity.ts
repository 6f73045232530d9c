import { defineOperator, pass, plain } from "./operator.js";

export const Identity = defineOperator({
  inputs: ["x"],
  // y = x
  gradient: { x: ({ dy }) => dy },
  relevance: pass,
  layout: "copies",
  sign: "keeps",
  zero: "keeps",
  ...plain,
});
