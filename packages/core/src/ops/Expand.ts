import { defineOperator, route } from "./operator.js";

export const Expand = defineOperator({
  inputs: ["x", "shape"],
  // dx is the sum over the copies, which the backward pass takes for every operator that broadcasts
  gradient: { x: ({ dy }) => dy },
  relevance: route,
});
