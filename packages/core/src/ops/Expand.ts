import { defineOperator, plain, route } from "./operator.js";

export const Expand = defineOperator({
  inputs: ["x", "shape"],
  // dx is the sum over the copies; the backward pass computes it for every operator that broadcasts
  gradient: { x: ({ dy }) => dy },
  relevance: route,
  layout: "moves",
  sign: "keeps",
  ...plain,
});
