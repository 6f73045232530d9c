import { defineMethod } from "@limn/core";
import {
  abs,
  cast,
  equal,
  greater,
  mean,
  minimum,
  mul,
  option,
  overChannels,
  spatialAxes,
  sub,
  sum,
  where,
} from "@limn/core/vocabulary";
import * as v from "valibot";

/**
 * Finer-CAM (Zhang et al. 2025): Grad-CAM of what sets a class apart from the most similar one, the class d whose logit
 * is nearest to that of c.
 *
 *   alpha_k = 1/Z sum_ij d(y_c - gamma y_d)/dA_k,ij      L = ReLU(sum_k alpha_k A_k)
 */
export const finerCam = defineMethod({
  name: "finer-cam",
  summary: "which regions of a layer set the class apart from the most similar one",
  source: "Zhang et al. 2025, Finer-CAM, with one class to compare with",
  family: "class activation maps",
  usesLayer: true,
  options: v.object({
    gamma: option(
      v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
      1,
      "how much the similar class counts; 0: grad-cam",
    ),
  }),
  signed: () => false,
  map({ score, layer: A, gradient }, { gamma }) {
    const { logits, seed } = score;
    const y = sum(mul(seed, logits), [1]);
    // never c itself
    const distance = where(greater(seed, 0), Number.MAX_VALUE, abs(sub(logits, y)));
    const similar = cast(equal(distance, minimum(distance, [1])), seed.dtype);
    const difference = { ...score, seed: sub(seed, mul(similar, gamma)) };
    const alpha = mean(gradient(difference, A), spatialAxes(A));
    return overChannels(mul(alpha, A), true);
  },
});
