import * as v from "valibot";
import { checkDefinition, refusingUnknown } from "../definition.js";
import { isOptionsSchema, type OptionsSchema } from "../option.js";
import { checkTerms } from "./check-terms.js";
import type { Rule, RuleDefinition } from "./rule.js";

/**
 * Defines a rule for composites: `{ entries: [{ rule: myRule }] }`. Checks the definition, and the terms that it gives for
 * each layer.
 * @throws LimnError `bad-option` with the rule's name and the field that is wrong
 * @example
 * // R_j = sum_k a_j w_jk / z_k R_k, as if the layer had no bias
 * const plain = defineRule({
 *   name: "plain",
 *   summary: "shares by contribution, without the bias",
 *   source: "this page",
 *   options: v.strictObject({}),
 *   conserves: true,
 *   terms: ({ a, W }) => [{ parts: [[a, W]] }],
 * });
 */
export function defineRule<O extends OptionsSchema>(definition: RuleDefinition<O>): Rule {
  const rule = definition as unknown as Rule;
  checkDefinition("rule", rule, FIELDS);
  return {
    ...rule,
    terms(layer, options) {
      const terms = rule.terms(refusingUnknown(layer, `rule ${rule.name}`), options);
      checkTerms(rule, layer, terms);
      return terms;
    },
    toJSON: () => rule.name,
  };
}

const FIELDS = {
  name: v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]*$/, "give lowercase words joined by hyphens")),
  summary: v.string(),
  source: v.string(),
  share: v.optional(v.string()),
  options: v.custom(isOptionsSchema, "give a v.object({ ... }) of valibot"),
  conserves: v.optional(v.boolean()),
  givesToZeros: v.optional(v.literal(true)),
  terms: v.custom((value) => typeof value === "function", "give a function"),
};
