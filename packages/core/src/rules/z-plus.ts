import * as v from "valibot";
import { excitation } from "./alpha-beta.js";
import { defineRule } from "./define.js";

/**
 * z-plus (Montavon et al. 2017, eq. 14): alpha-beta with alpha 1 and beta 0. Only what speaks for an output gets a share.
 *
 *   R_j = sum_k  (a_j w_jk)^+ / z_k^+  R_k
 */
export const zPlus = defineRule({
  name: "z-plus",
  summary: "shares among what speaks for the output, and leaves out what speaks against it",
  source: "Montavon et al. 2017, eq. 14",
  share: "(a_j w_jk)^+ / z_k^+",
  options: v.strictObject({}),
  conserves: true,
  terms: (layer) => [excitation(layer)],
});
