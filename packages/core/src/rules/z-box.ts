import * as v from "valibot";
import { sub } from "../graph/math.js";
import { defineRule } from "./define.js";
import { negative, positive } from "./rule.js";

/**
 * z-box (Montavon et al. 2017, eq. 17), for a layer whose input lies between bounds, as pixels do: contributions are
 * counted from the bound that favors the output least.
 *
 *   R_j = sum_k  (a_j w_jk - l_j w_jk^+ - h_j w_jk^-) / sum of the same over j  R_k
 *       =  sum_k  ((a_j - l_j) w_jk^+ + (a_j - h_j) w_jk^-) / ...
 */
export const zBox = defineRule({
  name: "z-box",
  summary: "for pixels: counts contributions from the lowest and highest possible input",
  source: "Montavon et al. 2017, eq. 17",
  share: "(a_j w_jk - l_j w_jk^+ - h_j w_jk^-) / sum of the same, for inputs between l and h, which must be known",
  options: v.strictObject({}),
  conserves: true,
  givesToZeros: true,
  terms: (layer) => {
    const { a, W } = layer;
    const { low, high } = layer.range();
    return [
      {
        // by W = W^+ + W^-, so that nothing cancels if a pixel is black or white
        parts: [
          [sub(a, low), positive(W)],
          [sub(a, high), negative(W)],
        ],
        // a >= l, a <= h
        sign: 1,
      },
    ];
  },
});
