import * as v from "valibot";
import { LimnError } from "../error.js";
import { add, mean, mul, relu } from "../graph/math.js";
import { option } from "../option.js";
import { HEADS, overGrid, rowOption, rowsOf, throughBlocks } from "./attention.js";
import { defineMethod } from "./define.js";

/**
 * Generic attention explainability (Chefer, Gur, Wolf, ICCV 2021), eqs. 5-6: rollout of the attention that raises the score.
 *
 *   Abar = E_h[(dy/dA * A)^+]      R <- R + Abar R, from R = I
 */
export const genericAttention = defineMethod({
  name: "generic-attention",
  summary: "the attention that raises the score, through all blocks",
  source: "Chefer, Gur, Wolf 2021, Generic Attention-model Explainability, eqs. 5-6",
  family: "attention",
  table: { runs: "2 to 3", aboutClass: "yes", needs: "attention over all tokens" },
  usesLayer: false,
  options: v.object({
    start: option(v.pipe(v.number(), v.integer(), v.minValue(0)), 0, "the first block that counts, from 0"),
    row: rowOption,
  }),
  signed: () => false,
  map({ transformer, score, gradient }, { start, row }) {
    const { length } = transformer.blocks;
    if (start >= length) {
      throw new LimnError("bad-option", `start ${start}: the network has ${length} blocks; give 0 to ${length - 1}`);
    }
    const counted = { ...transformer, blocks: transformer.blocks.slice(start) };
    const r = throughBlocks(
      counted,
      row,
      ({ A }) => mean(relu(mul(gradient(score, A), A)), [HEADS], false),
      (r, Abar) => add(r, rowsOf(r, Abar)),
    );
    return overGrid(r, transformer);
  },
});
