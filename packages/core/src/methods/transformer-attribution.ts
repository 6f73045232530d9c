import * as v from "valibot";
import { mean, mul, relu } from "../graph/math.js";
import { HEADS, rowOption, startOption, throughResiduals } from "./attention.js";
import { defineMethod } from "./define.js";
import { relevanceSeed } from "./seed.js";

/**
 * Transformer attribution (Chefer, Gur, Wolf, CVPR 2021), eqs. 13-14: rollout of the attention that is relevant and raises the score.
 *
 *   Abar = E_h[(dy/dA * R_A)^+]      R = (I + Abar_L) ... (I + Abar_1)      R_A: relevance by the composite `chefer`
 */
export const transformerAttribution = defineMethod({
  name: "transformer-attribution",
  summary: "the attention that is relevant and raises the score, through all blocks",
  source: "Chefer, Gur, Wolf 2021, Transformer Interpretability Beyond Attention Visualization, eqs. 13-14",
  family: "attention",
  table: { runs: "3 to 6", aboutClass: "yes", needs: "attention over all tokens, a rule for every operator" },
  usesLayer: false,
  options: v.object({ start: startOption, row: rowOption }),
  signed: () => false,
  map({ transformer, score, gradient, relevance }, options) {
    const seed = relevanceSeed(score, "one-hot");
    return throughResiduals(transformer, options, ({ A }) => {
      const R = relevance(seed, A, { composite: "chefer" });
      return mean(relu(mul(gradient(score, A), R)), [HEADS], false);
    });
  },
});
