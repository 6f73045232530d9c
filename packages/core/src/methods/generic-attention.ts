import * as v from "valibot";
import { mean, mul, relu } from "../graph/math.js";
import { HEADS, rowOption, startOption, throughResiduals } from "./attention.js";
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
  options: v.object({ start: startOption, row: rowOption }),
  signed: () => false,
  map: ({ transformer, score, gradient }, options) =>
    throughResiduals(transformer, options, ({ A }) => mean(relu(mul(gradient(score, A), A)), [HEADS], false)),
});
