import { z } from "zod";
import { checkDefinition, known } from "../definition.js";
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
 *   options: z.strictObject({}),
 *   conserves: true,
 *   terms: ({ a, W }) => [{ parts: [[a, W]] }],
 * });
 */
export function defineRule<O extends z.ZodObject>(definition: RuleDefinition<O>): Rule {
  const rule = definition as unknown as Rule;
  checkDefinition("rule", rule, FIELDS);
  return {
    ...rule,
    terms(layer, options) {
      const terms = rule.terms(known(layer, `rule ${rule.name}`), options);
      checkTerms(rule, layer, terms);
      return terms;
    },
    toJSON: () => rule.name,
  };
}

const FIELDS = {
  name: z.string().regex(/^[a-z][a-z0-9-]*$/, "give lowercase words joined by hyphens"),
  summary: z.string(),
  source: z.string(),
  share: z.string().optional(),
  options: z.custom(
    (value) => typeof value === "object" && value !== null && "shape" in value,
    "give a z.object({ ... })",
  ),
  conserves: z.boolean().optional(),
  givesToZeros: z.literal(true).optional(),
  terms: z.custom((value) => typeof value === "function", "give a function"),
};
