import { defineRule } from "@limn/core";
import { abs } from "@limn/core/vocabulary";
import * as v from "valibot";

/**
 * Shares by magnitude: an input gets its part of all that moves the output, for or against it, so that nothing cancels
 * in the sum that it is divided by.
 *
 *   R_j = sum_k |a_j w_jk| / (sum_j |a_j w_jk| + |b_k|) R_k
 */
export const magnitude = defineRule({
  name: "magnitude",
  summary: "shares by the size of contributions, whatever their sign",
  source: "after Vukadin et al. 2024, Relative Absolute Magnitude LRP",
  options: v.strictObject({}),
  conserves: true,
  terms: ({ a, nonNegative, W, b }) => [{ parts: [[nonNegative ? a : abs(a), abs(W)]], bias: b && abs(b), sign: 1 }],
});
