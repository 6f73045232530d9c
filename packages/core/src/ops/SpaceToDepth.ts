import { defineOperator, plain, route } from "./operator.js";

export const SpaceToDepth = defineOperator({
  inputs: ["x"],
  // every element goes back to its place
  gradient: {
    x: ({ dy, at }) => dy.graph.emit("DepthToSpace", [dy], { blocksize: at.int("blocksize"), mode: "DCR" }),
  },
  relevance: route,
  layout: "spatial",
  sign: "keeps",
  ...plain,
});
