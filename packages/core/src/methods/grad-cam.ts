import * as v from "valibot";
import { mean, mul, spatialAxes } from "../graph/math.js";
import { isUnrectified, overChannels, reluOption } from "./class-activation.js";
import { defineMethod } from "./define.js";

/**
 * Grad-CAM (Selvaraju et al. 2017), eqs. 1-2.
 *
 *   alpha_k = 1/Z sum_ij dy/dA_k,ij      L = ReLU(sum_k alpha_k A_k)
 */
export const gradCam = defineMethod({
  name: "grad-cam",
  summary: "which regions of a layer raise the score: its activations, weighted by their mean gradient",
  source: "Selvaraju et al. 2017, eqs. 1-2",
  family: "class activation maps",
  table: { runs: "1 to 3", aboutClass: "yes", needs: "a gradient downstream of the layer" },
  byDefault: true,
  usesLayer: true,
  options: v.object({ relu: reluOption() }),
  signed: isUnrectified,
  map({ score, layer: A, gradient }, { relu }) {
    const alpha = mean(gradient(score, A), spatialAxes(A));
    return overChannels(mul(alpha, A), relu);
  },
});
