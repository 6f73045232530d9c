import * as v from "valibot";
import { square } from "../graph/math.js";
import { defineRule } from "./define.js";
import { onesLike } from "./ones.js";

/**
 * w-square (Montavon et al. 2017, eq. 13): shares in proportion to the squared weight alone, whatever the input is.
 *
 *   R_j = sum_k  w_jk^2 / sum_j w_jk^2  R_k
 */
export const wSquare = defineRule({
  name: "w-square",
  summary: "shares by the squared weights, whatever the input is",
  source: "Montavon et al. 2017, eq. 13",
  share: "w_jk^2 / sum w_jk^2",
  options: v.strictObject({}),
  conserves: true,
  givesToZeros: true,
  terms: ({ a, W }) => [{ parts: [[onesLike(a), square(W)]], sign: 1 }],
});
