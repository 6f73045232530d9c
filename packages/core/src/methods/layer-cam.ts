import * as v from "valibot";
import { mul, relu as positive } from "../graph/math.js";
import { isUnrectified, overChannels, reluOption } from "./class-activation.js";
import { defineMethod } from "./define.js";

/**
 * LayerCAM (Jiang et al. 2021): every position is weighted by its own gradient if that is positive, which keeps fine
 * detail at shallow layers.
 *
 *   w_k,ij = ReLU(dy/dA_k,ij)      L = ReLU(sum_k w_k A_k)      element by element
 */
export const layerCam = defineMethod({
  name: "layer-cam",
  summary: "which positions of a layer raise the score, in fine detail at shallow layers too",
  source: "Jiang, Zhang, Hou, Cheng, Wei 2021, LayerCAM",
  family: "class activation maps",
  table: { runs: "1 to 3", aboutClass: "yes", needs: "a gradient downstream of the layer" },
  byDefault: "finer",
  usesLayer: true,
  options: v.object({ relu: reluOption() }),
  signed: isUnrectified,
  map({ score, layer: A, gradient }, { relu }) {
    const w = positive(gradient(score, A));
    return overChannels(mul(w, A), relu);
  },
});
