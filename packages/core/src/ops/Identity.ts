import { defineOperator, pass } from "./operator.js";

export const Identity = defineOperator({
  inputs: ["x"],
  // y = x
  gradient: { x: ({ dy }) => dy },
  relevance: pass,
});
