import { defineOperator, share } from "./operator.js";

export const Add = defineOperator({
  inputs: ["a", "b"],
  // d(a + b) = da + db
  gradient: { a: ({ dy }) => dy, b: ({ dy }) => dy },
  relevance: share,
  layout: "keeps",
  sign: "keeps",
  gate: "scales",
  numbers: "computed",
});
