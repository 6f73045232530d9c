import * as v from "valibot";
import { mul } from "../graph/math.js";
import { isUnrectified, overChannels, reluOption } from "./class-activation.js";
import { defineMethod } from "./define.js";

/**
 * HiResCAM (Draelos and Carin 2020): the gradient is not averaged. If the layers downstream are linear, the map therefore
 * shows what the score is made of. CAM is a special case.
 *
 *   L = sum_k dy/dA_k A_k      element by element
 */
export const hiresCam = defineMethod({
  name: "hires-cam",
  summary: "which positions of a layer the score is made of: gradient times activation",
  source: "Draelos, Carin 2020, Use HiResCAM instead of Grad-CAM",
  family: "class activation maps",
  table: { runs: "1 to 3", aboutClass: "yes", needs: "a gradient downstream of the layer" },
  usesLayer: true,
  options: v.object({ relu: reluOption(false) }),
  signed: isUnrectified,
  map({ score, layer: A, gradient }, { relu }) {
    return overChannels(mul(gradient(score, A), A), relu);
  },
});
