import { LimnError } from "../error.js";
import { didYouMean } from "../suggest.js";
import { alphaBeta } from "./alpha-beta.js";
import { type AttentionRule, attentionRules } from "./attention.js";
import { epsilon } from "./epsilon.js";
import { flat } from "./flat.js";
import { gamma } from "./gamma.js";
import type { Rule } from "./rule.js";
import { wSquare } from "./w-square.js";
import { zBox } from "./z-box.js";
import { zPlus } from "./z-plus.js";

/** Every rule, in the order in which tables show them. */
export const rules = {
  epsilon,
  gamma,
  "alpha-beta": alphaBeta,
  "z-plus": zPlus,
  "z-box": zBox,
  "w-square": wSquare,
  flat,
} satisfies Record<string, Rule>;

/** The name of one of Limn's rules. */
export type RuleName = keyof typeof rules;

/** Whether a rule is defined by the user. */
export const isOwnRule = (rule: Rule): boolean => !(Object.values(rules) as Rule[]).includes(rule);

/** Finds a rule, of layers or of attention, by its name. @throws LimnError `bad-option` with near matches */
export function findRule(name: string): Rule | AttentionRule {
  const all: Readonly<Record<string, Rule | AttentionRule>> = { ...rules, ...attentionRules };
  const found = Object.hasOwn(all, name) ? all[name] : undefined;
  if (found) return found;
  throw new LimnError("bad-option", `there is no rule "${name}"; ${didYouMean(name, Object.keys(all))}`);
}
