import * as v from "valibot";
import type { Value } from "../graph/graph.js";
import { add, mul } from "../graph/math.js";
import { option } from "../option.js";
import { defineRule } from "./define.js";
import { contributions } from "./epsilon.js";
import { type LinearLayer, negative, positive, type Term } from "./rule.js";

/**
 * LRP-gamma (Montavon et al. 2019) favors positive contributions by making their weights larger. This is the form for
 * signed inputs and outputs (Andeol et al. 2021), in which a negative output favors negative contributions.
 *
 *   z_k > 0:  R_j = sum_k ( a_j^+ (w_jk + gamma w_jk^+) + a_j^- (w_jk + gamma w_jk^-) ) / z'_k  R_k
 *   z_k < 0:  the same with w^+ and w^- swapped
 */
export const gamma = defineRule({
  name: "gamma",
  summary: "favors what speaks for the output, by the factor 1 + gamma",
  source: "Montavon et al. 2019; Andeol et al. 2021 for signed inputs",
  share: "contributions of the sign of z_k count 1 + gamma times, then shares of their sum",
  options: v.strictObject({
    gamma: option(
      v.pipe(v.number(), v.finite(), v.minValue(0)),
      0.25,
      "how much more what is favored counts; 0: epsilon",
    ),
  }),
  conserves: true,
  terms: (layer, { gamma }) => {
    if (gamma === 0) return [contributions(layer)];
    const favorable = favoring(layer, gamma, positive);
    return layer.sign ? [favorable] : [favorable, favoring(layer, gamma, negative)];
  },
});

/** The term for outputs of one sign, which makes contributions of the same sign larger. */
function favoring({ a, nonNegative, W, b }: LinearLayer, gamma: number, part: typeof positive | typeof negative): Term {
  const more = (w: Value, favored: typeof part) => add(w, mul(favored(w), gamma));
  const opposite = part === positive ? negative : positive;
  return {
    parts: nonNegative
      ? [[a, more(W, part)]]
      : [
          [positive(a), more(W, part)],
          [negative(a), more(W, opposite)],
        ],
    bias: b && more(b, part),
    sign: part === positive ? 1 : -1,
    outputs: part === positive ? "positive" : "negative",
  };
}
