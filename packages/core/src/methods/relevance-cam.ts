import * as v from "valibot";
import { CHANNEL, mul, spatialAxes, sum } from "../graph/math.js";
import { defineMethod } from "./define.js";
import { compositeOption, relevanceSeedOption, settingsOptions } from "./relevance.js";
import { relevanceSeed } from "./seed.js";

/**
 * Relevance-CAM (Lee et al. 2021), eqs. 9-10: activations weighted by their channel's relevance, which keeps its
 * meaning at shallow layers, where gradients shatter.
 *
 *   w_k = sum_ij R_k,ij      L = sum_k w_k A_k
 */
export const relevanceCam = defineMethod({
  name: "relevance-cam",
  summary: "regions by the relevance of each channel, at any depth",
  source: "Lee et al. 2021, eqs. 9-10",
  family: "relevance",
  table: { runs: "1 to 5", aboutClass: "yes", needs: "a rule for every operator downstream of the layer" },
  usesLayer: true,
  options: v.object({
    composite: compositeOption("z-plus"),
    seed: relevanceSeedOption("contrastive"),
    ...settingsOptions,
  }),
  signed: () => true,
  map({ score, layer: A, relevance }, { seed, ...propagation }) {
    const w = sum(relevance(relevanceSeed(score, seed), A, propagation), spatialAxes(A));
    return sum(mul(w, A), [CHANNEL], false);
  },
});
