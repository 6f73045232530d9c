import * as v from "valibot";
import { option } from "../option.js";
import { defineRule } from "./define.js";
import { type LinearLayer, negative, positive, type Term } from "./rule.js";

/**
 * LRP-alpha-beta (Bach et al. 2015, eq. 60): contributions for and against the output are distributed separately, each in
 * proportion to its own sum.
 *
 *   R_j = sum_k ( alpha (a_j w_jk)^+ / z_k^+  -  beta (a_j w_jk)^- / z_k^- ) R_k        alpha - beta = 1
 */
export const alphaBeta = defineRule({
  name: "alpha-beta",
  summary: "shares contributions for the output (times alpha) apart from those against it (times beta = alpha - 1)",
  source: "Bach et al. 2015, eq. 60",
  share: "alpha (a_j w_jk)^+ / z_k^+ - (alpha - 1) (a_j w_jk)^- / z_k^-",
  options: v.strictObject({
    alpha: option(v.pipe(v.number(), v.finite(), v.minValue(1)), 2, "weight of what speaks for the output; 1: z-plus"),
  }),
  conserves: true,
  terms: (layer, { alpha }) => [
    { ...excitation(layer), factor: alpha },
    ...(alpha > 1 ? [{ ...inhibition(layer), factor: 1 - alpha }] : []),
  ],
});

/** The term of contributions for the output: (a w)^+ = a^+ w^+ + a^- w^-. */
export function excitation({ a, nonNegative, W, b }: LinearLayer): Term {
  return {
    parts: nonNegative
      ? [[a, positive(W)]]
      : [
          [positive(a), positive(W)],
          [negative(a), negative(W)],
        ],
    bias: b && positive(b),
    sign: 1,
  };
}

/** The term of contributions against the output: (a w)^- = a^+ w^- + a^- w^+. */
export function inhibition({ a, nonNegative, W, b }: LinearLayer): Term {
  return {
    parts: nonNegative
      ? [[a, negative(W)]]
      : [
          [positive(a), negative(W)],
          [negative(a), positive(W)],
        ],
    bias: b && negative(b),
    sign: -1,
  };
}
