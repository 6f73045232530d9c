import {
  attentionsOf,
  type Classifier,
  type CompileOptions,
  type CompositeInit,
  compile,
  compositeFor,
  compositeOf,
  composites,
  isOfAttention,
  LimnError,
  type MapRequest,
  type Options,
  planOf,
  planRows,
} from "@limn/core";

/** The gammas that composites with that option are tried with, next to their own. */
export const GAMMAS = [0.1, 0.25, 0.5, 1];

/** Composites to compare: names, with options of their rules if you like, or your own; or all that fit the model. */
export type CompositesChoice = readonly (string | CompositeInit)[] | "all";

interface CompositeRequests {
  readonly requests: readonly MapRequest[];
  readonly warnings: readonly string[];
}

/**
 * A map of `lrp` for each composite, which is called as the composite.
 *
 * All of them are Limn's own, those with a gamma also with `GAMMAS`, those for attention only where there is some; of composites that give every node of the model the same rule,
 * only the first is there.
 * @param options of `lrp`, for all of them
 * @throws LimnError as `compile` does for composites that were named; `not-applicable` if none fits
 */
export function compositeRequests(
  classifier: Classifier,
  choice: CompositesChoice,
  options: Options,
  settings: CompileOptions,
): CompositeRequests {
  const named = choice === "all" ? differentOn(classifier, allFor(classifier)) : choice;
  const chosen = named.map((composite) => compositeFor(classifier, composite));
  const requests = chosen.map(
    (composite): MapRequest => ({
      method: "lrp",
      options: { ...options, composite },
      output: compositeOf(composite).name,
    }),
  );
  const refused = new Map<MapRequest, string>();
  const onRefused: CompileOptions["onRefused"] = (request, { message }) => void refused.set(request, message);
  compile(classifier, requests, { ...settings, scores: false, ...(choice === "all" ? { onRefused } : {}) });
  const made = requests.filter((request) => !refused.has(request));
  const warnings = [...refused].map(([{ output }, reason]) => `left out ${output}: ${reason}`);
  if (made.length > 0) return { requests: made, warnings };
  throw new LimnError("not-applicable", `no composite fits this model: ${warnings.join("; ") || "none is named"}`);
}

/** The names of all composites, without those for attention if there is none, and the gammas that they are tried with. */
function allFor(classifier: Classifier): string[] {
  const attends = attentionsOf(classifier).length > 0;
  return Object.entries(composites).flatMap(([name, { entries }]) => {
    if (!attends && entries.some(isOfAttention)) return [];
    const hasGamma = entries.some((entry) => !isOfAttention(entry) && "gamma" in entry.options);
    return [name, ...(hasGamma ? GAMMAS.map((gamma) => `${name}@gamma=${gamma}`) : [])];
  });
}

/** The composites that do different things on a model, each by the first of its names. */
function differentOn(classifier: Classifier, names: readonly string[]): string[] {
  const plans = new Map<string, string>();
  for (const name of names) {
    const rows = planRows(planOf(classifier, compositeOf(name)));
    const key = JSON.stringify(rows.map(({ node, rule }) => [node, rule]));
    if (!plans.has(key)) plans.set(key, name);
  }
  return [...plans.values()];
}
