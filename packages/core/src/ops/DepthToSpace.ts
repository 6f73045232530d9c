import { reshape, transpose } from "../graph/math.js";
import { defineOperator, plain, route } from "./operator.js";

export const DepthToSpace = defineOperator({
  inputs: ["x"],
  // every element goes back to its place
  gradient: {
    x: ({ x, dy, at }) => {
      const [images = 1, channels = 1, height = 1, width = 1] = x.dims;
      const blocksize = at.int("blocksize");
      const blocks = dy.graph.emit("SpaceToDepth", [dy], { blocksize });
      if (at.string("mode", "DCR") === "DCR") return blocks;
      // channels come as (place in the block, channel), but mode CRD has them as (channel, place in the block)
      const apart = reshape(blocks, [images, blocksize ** 2, channels / blocksize ** 2, height, width]);
      return reshape(transpose(apart, [0, 2, 1, 3, 4]), x.dims);
    },
  },
  relevance: route,
  layout: "spatial",
  sign: "keeps",
  ...plain,
});
