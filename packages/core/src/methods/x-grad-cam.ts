import * as v from "valibot";
import { mul, spatialAxes, sum } from "../graph/math.js";
import { isUnrectified, overChannels, quotient, reluOption } from "./class-activation.js";
import { defineMethod } from "./define.js";

/**
 * XGrad-CAM (Fu et al. 2020): Grad-CAM whose mean gradient counts each position by its activation, with g = dy/dA.
 *
 *   w_k = sum_ij (A_k,ij / sum_ab A_k,ab) g_k,ij      L = ReLU(sum_k w_k A_k)
 *
 * w_k is 0 if sum_ab A_k,ab is 0. Without the ReLU, sum(L) = sum(g A), as for HiResCAM's map.
 */
export const xGradCam = defineMethod({
  name: "x-grad-cam",
  summary: "regions of a layer, weighted by the mean gradient where the channel is active",
  source: "Fu, Hu, Dong, Guo, Gao, Li 2020, Axiom-based Grad-CAM",
  family: "class activation maps",
  table: { runs: "1 to 3", aboutClass: "yes", needs: "a gradient downstream of the layer" },
  usesLayer: true,
  options: v.object({ relu: reluOption() }),
  signed: isUnrectified,
  map({ score, layer: A, gradient }, { relu }) {
    const contribution = sum(mul(gradient(score, A), A), spatialAxes(A));
    const w = quotient(contribution, sum(A, spatialAxes(A)));
    return overChannels(mul(w, A), relu);
  },
});
