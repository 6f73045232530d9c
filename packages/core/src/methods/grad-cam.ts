import { z } from "zod";
import { CHANNEL, mean, mul, relu, spatialAxes, sum } from "../graph/math.js";
import { defineMethod } from "./method.js";

/**
 * Grad-CAM (Selvaraju et al. 2017), eqs. 1-2.
 *
 *   alpha_k = 1/Z sum_ij dy/dA_k,ij      L = ReLU(sum_k alpha_k A_k)
 */
export const gradCam = defineMethod({
  name: "grad-cam",
  summary: "which regions of a layer raise the score: its activations, weighted by their mean gradient",
  source: "Selvaraju et al. 2017, eqs. 1-2",
  usesLayer: true,
  options: z.object({
    relu: z.boolean().default(true).describe("keep only what raises the score; false shows what lowers it too"),
  }),
  signed: (options) => !options.relu,
  map({ score, layer: A, gradient }, options) {
    const alpha = mean(gradient(score, A), spatialAxes(A));
    const L = sum(mul(alpha, A), [CHANNEL], false);
    return options.relu ? relu(L) : L;
  },
});
