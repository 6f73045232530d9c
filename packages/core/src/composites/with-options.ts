import * as v from "valibot";
import { LimnError } from "../error.js";
import { mistakeOf } from "../mistake.js";
import { didYouMean } from "../suggest.js";
import { type Composite, isOfAttention } from "./composite.js";

/** What stands between a composite's name and each option: `epsilon-gamma-box@gamma=0.1`. */
export const AT = "@";

/**
 * A composite with other options of its rules. An option is set in every entry whose rule has it.
 * @param changes such as `gamma=0.1`
 * @param name of the result
 * @throws LimnError `bad-option` for an option that no rule of the composite has, and for a value that it can't have
 */
export function withOptions(composite: Composite, changes: readonly string[], name: string): Composite {
  const changed = changes.reduce((entries, change) => entriesWith(entries, change, name), composite.entries);
  return { ...composite, name, entries: changed };
}

function entriesWith(entries: Composite["entries"], change: string, name: string): Composite["entries"] {
  const [, option = "", value = ""] = /^([\w-]+)=(.+)$/.exec(change) ?? [];
  if (!option) {
    throw new LimnError(
      "bad-option",
      `composite "${name}": "${change}" is no option; give NAME@OPTION=NUMBER, such as epsilon-gamma-box@gamma=0.1`,
    );
  }
  const known = [...new Set(entries.flatMap((entry) => (isOfAttention(entry) ? [] : Object.keys(entry.options))))];
  if (!known.includes(option)) {
    const hint = known.length > 0 ? didYouMean(option, known) : "its rules have no options";
    throw new LimnError("bad-option", `composite "${name}": none of its rules has the option "${option}"; ${hint}`);
  }
  return entries.map((entry) => {
    if (isOfAttention(entry) || !Object.hasOwn(entry.options, option)) return entry;
    const options = v.safeParse(entry.rule.options, { ...entry.options, [option]: Number(value) });
    if (options.success) return { ...entry, options: options.output };
    const { path, message } = mistakeOf(options.issues);
    throw new LimnError(
      "bad-option",
      `composite "${name}": ${[entry.rule.name, ...path].join(".")} = ${value}: ${message}`,
    );
  });
}
