import * as v from "valibot";
import { matmul, mean, mul, relu, reshape, slice } from "../graph/math.js";
import type { Block } from "../transformer.js";
import { HEADS, rowOption, sharesOf } from "./attention.js";
import { defineMethod } from "./define.js";

/**
 * Grad-CAM of attention (Chefer, Gur, Wolf, CVPR 2021, sec. 4): the heads of the last block, weighted by their mean gradient.
 *
 *   w_h = mean over the grid's keys of dy/dA_h      L = (E_h[w_h A_h])^+      both in the row of the class token
 */
export const attentionGradCam = defineMethod({
  name: "attention-grad-cam",
  summary: "where the heads of the last block look, weighted by how they raise the score",
  source: "Chefer, Gur, Wolf 2021, Transformer Interpretability Beyond Attention Visualization, sec. 4",
  family: "attention",
  table: { runs: "1 to 2", aboutClass: "yes", needs: "attention over all tokens" },
  usesLayer: false,
  options: v.object({ row: rowOption }),
  signed: () => false,
  map({ transformer, score, gradient }, { row }) {
    const { blocks, pooling } = transformer;
    const { A } = row === "usual" && pooling ? pooling : (blocks.at(-1) as Block);
    const rowOf = (x: typeof A) => {
      // one query, or those that the row means: [1, 1, 1, queries] times [images, heads, queries, keys]
      if (x.dims[2] === 1) return x;
      return matmul(reshape(sharesOf(row, transformer, x), [1, 1, 1, transformer.tokens]), x);
    };
    const { before, grid } = transformer;
    const g = slice(rowOf(gradient(score, A)), [{ axis: 3, start: before, end: before + grid[0] * grid[1] }]);
    return transformer.lay(relu(mean(mul(mean(g, [3]), rowOf(A)), [HEADS], false)));
  },
});
