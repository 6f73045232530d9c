import { defineOperator, plain, route } from "./operator.js";

export const Trilu = defineOperator({
  inputs: ["x", "k?"],
  // y is x on one side of a diagonal and 0 on the other, and so is dx of dy
  gradient: { x: ({ k, dy, at }) => dy.graph.emit("Trilu", [dy, k], { upper: at.int("upper", 1) }) },
  relevance: route,
  layout: "keeps",
  sign: "keeps",
  ...plain,
});
