import * as v from "valibot";
import { defineRule } from "./define.js";
import type { LinearLayer, Term } from "./rule.js";

/**
 * LRP-epsilon (Bach et al. 2015, eq. 58): every input gets relevance in proportion to what it adds to the output.
 *
 *   R_j = sum_k  a_j w_jk / (z_k + eps sign z_k)  R_k
 */
export const epsilon = defineRule({
  name: "epsilon",
  summary: "shares by contribution to the output; small outputs are damped by epsilon",
  source: "Bach et al. 2015, eq. 58",
  share: "a_j w_jk / (z_k + eps sign z_k)",
  options: v.strictObject({}),
  conserves: true,
  terms: (layer) => [contributions(layer)],
});

/** The term of what every input adds to the output: a w. */
export const contributions = ({ a, W, b, z, sign }: LinearLayer): Term => ({ parts: [[a, W]], bias: b, z, sign });
