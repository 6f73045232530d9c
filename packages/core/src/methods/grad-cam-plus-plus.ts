import * as v from "valibot";
import { add, div, equal, keptAbove, mul, relu as positive, spatialAxes, sum, where } from "../graph/math.js";
import { option } from "../option.js";
import { isUnrectified, overChannels, quotient, reluOption } from "./class-activation.js";
import { defineMethod } from "./define.js";

/**
 * Grad-CAM++ (Chattopadhay et al. 2018), eqs. 5 and 19, with g = dy/dA:
 *
 *   alpha_k,ij = g^2 / (2 g^2 + g^3 sum_ab A_k,ab)      w_k = sum_ij alpha_k,ij ReLU(g_k,ij)      L = ReLU(sum_k w_k A_k)
 *
 * alpha is 0 where its denominator is 0. Eq. 19 is for exp(y), whose own factor cancels in alpha and only scales w; Limn
 * leaves it out, since it overflows. With `normalized`, alpha is divided by its sum over the positions with g > 0, as in
 * the authors' code: then a channel's weight does not depend on the number of positions at which it is active.
 */
export const gradCamPlusPlus = defineMethod({
  name: "grad-cam-plus-plus",
  summary: "regions that raise the score, small objects as much as large ones: every position weighted on its own",
  source: "Chattopadhay, Sarkar, Howlader, Balasubramanian 2018, eqs. 5 and 19",
  family: "class activation maps",
  table: { runs: "1 to 3", aboutClass: "yes", needs: "a gradient downstream of the layer" },
  usesLayer: true,
  options: v.object({
    normalized: option(
      v.boolean(),
      false,
      "divide alpha by its sum over the positions with positive gradient, as the authors' code does",
    ),
    relu: reluOption(),
  }),
  signed: isUnrectified,
  variants: { "grad-cam-plus-plus-normalized": { normalized: true } },
  map({ score, layer: A, gradient }, { normalized, relu }) {
    const g = gradient(score, A);
    // g^2 / (2 g^2 + g^3 S) = 1 / (2 + g S) if g is not 0, and ReLU(g) is 0 if it is: no powers that underflow
    const denominator = add(2, mul(g, sum(A, spatialAxes(A))));
    const alpha = where(equal(denominator, 0), 0, div(1, denominator));
    const w = sum(mul(alpha, positive(g)), spatialAxes(A));
    if (!normalized) return overChannels(mul(w, A), relu);
    return overChannels(mul(quotient(w, sum(keptAbove(alpha, g, 0), spatialAxes(A))), A), relu);
  },
});
