import { defineOperator, plain, route } from "./operator.js";

export const ReverseSequence = defineOperator({
  inputs: ["x", "lengths"],
  // reversed again, every element is back at its place
  gradient: {
    x: ({ lengths, dy, at }) =>
      dy.graph.emit("ReverseSequence", [dy, lengths], {
        batch_axis: at.int("batch_axis", 1),
        time_axis: at.int("time_axis", 0),
      }),
  },
  relevance: route,
  layout: "moves",
  sign: "keeps",
  ...plain,
});
