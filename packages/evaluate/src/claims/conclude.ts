import { CONFIDENCE } from "@limn/core";
import { type Conclusion, listed } from "../conclusion.js";
import type { ClaimsDocument } from "./document.js";
import { RULE, type Verdict } from "./verdict.js";

/** How many claims hold, and on which models the answer depends. */
export function claimsConclusion({ claims, models }: Pick<ClaimsDocument, "claims" | "models">): Conclusion {
  const verdicts = new Map(
    claims.map(({ number }) => [
      number,
      models.flatMap(({ results }) => results.find(({ claim }) => claim === number)?.verdict ?? []),
    ]),
  );
  const everywhere = (verdict: Verdict): number[] =>
    [...verdicts].filter(([, all]) => all.length > 0 && all.every((one) => one === verdict)).map(([number]) => number);
  const [hold, fail, open] = [everywhere("holds"), everywhere("does not hold"), everywhere("can't say")] as const;
  const mixed = [...verdicts]
    .filter(([number, all]) => all.length > 0 && ![...hold, ...fail, ...open].includes(number))
    .map(([number]) => number);
  const [first] = models;
  if (!first) return { says: "No claim was tested", because: [], test: "" };
  const where = models.length === 1 ? `on ${first.name}` : `on all ${models.length} models`;
  const any = models.length === 1 ? "" : " on any";
  const numbers = (all: readonly number[]) => `${all.length === 1 ? "claim" : "claims"} ${listed(all.map(String), 10)}`;
  const sentences = [
    hold.length > 0 && `What the literature says holds ${where}: ${numbers(hold)}.`,
    fail.length > 0 && `It does not hold${any}: ${numbers(fail)}.`,
    mixed.length > 0 && `It depends on the model, or nothing can be said on some: ${numbers(mixed)}.`,
    open.length > 0 && `Nothing can be said${any}: ${numbers(open)}.`,
  ];
  return {
    says: `${hold.length} of ${claims.length} ${claims.length === 1 ? "claim" : "claims"} ${hold.length === 1 ? "holds" : "hold"} ${where}, ${fail.length} ${models.length > 1 ? "on none" : fail.length === 1 ? "does not" : "do not"}`,
    because: sentences.flatMap((sentence) => sentence || []),
    test: `${RULE} Intervals are of ${100 * CONFIDENCE} %, and not corrected for the number of claims.`,
  };
}
