import * as v from "valibot";
import { defineRule } from "./define.js";
import { onesLike } from "./ones.js";

/**
 * Flat (Lapuschkin et al. 2019): all inputs that an output reads get equal shares.
 *
 *   R_j = sum_k  1 / n_k  R_k        k reads n_k inputs
 */
export const flat = defineRule({
  name: "flat",
  summary: "gives equal shares to all inputs that the output reads",
  source: "Lapuschkin et al. 2019",
  share: "1 / n_k, k reads n_k inputs",
  options: v.strictObject({}),
  conserves: true,
  givesToZeros: true,
  terms: ({ a, W }) => [{ parts: [[onesLike(a), onesLike(W)]], sign: 1 }],
});
