import * as v from "valibot";
import { CHANNEL, sum } from "../graph/math.js";
import { option } from "../option.js";
import { defineMethod } from "./define.js";
import { compositeOption, relevanceSeedOption, settingsOptions } from "./relevance.js";
import { relevanceSeed } from "./seed.js";

/**
 * Layer-wise relevance propagation (Bach et al. 2015), eqs. 49-60: the score is distributed backwards, layer by layer.
 *
 *   R_j = sum_k (a_j w_jk / z_k) R_k      from the logits to the image, or to any layer
 *
 * The variant `clrp` (Gu et al. 2018) starts from a seed that sets the target against all other classes, with z-plus everywhere; `attn-lrp` (Achtibat et
 * al. 2024) and `cp-lrp` (Ali et al. 2022) are made for attention.
 */
export const lrp = defineMethod({
  name: "lrp",
  summary: "shares the score out among the pixels, layer by layer, so that the shares sum to it",
  source: "Bach et al. 2015, eqs. 49-60; clrp: Gu et al. 2018; attn-lrp: Achtibat et al. 2024; cp-lrp: Ali et al. 2022",
  family: "relevance",
  table: { runs: "3 to 5", aboutClass: "yes", needs: "a rule for every operator" },
  pixelwise: { smooth: 0 },
  byDefault: true,
  usesLayer: "optional",
  options: v.object({
    composite: compositeOption(),
    seed: relevanceSeedOption("logit"),
    reduce: option(v.picklist(["sum", "none"]), "sum", "sum over the channels, or none: every channel's own relevance"),
    ...settingsOptions,
  }),
  signed: () => true,
  variants: {
    // where rules divide by a whole logit, a negative one turns the signs of all that speaks for and against it
    clrp: { seed: "contrastive", composite: "z-plus" },
    "attn-lrp": { composite: "attn-lrp" },
    "cp-lrp": { composite: "cp-lrp" },
  },
  map({ score, attributed, image, channelAxis, relevance }, { seed, reduce, ...propagation }) {
    const R = relevance(relevanceSeed(score, seed), attributed, propagation);
    return reduce === "none" ? R : sum(R, [attributed === image ? channelAxis : CHANNEL], false);
  },
});
