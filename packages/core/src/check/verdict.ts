import { type GradientCheck, LARGEST_DEVIATION } from "./finite-differences.js";
import { imbalanceOf, type Ledger } from "./ledger.js";

/** How large `imbalanceOf` a node may be: float32 sums are not exact. */
export const LARGEST_IMBALANCE = 1e-3;

/** How much the stabilizer or biases may keep without a note, as a fraction of the relevance that propagation starts from. */
const NOTABLE = 0.2;

/** What a check found, in words. */
export interface Verdict {
  /** Whether there are no problems. */
  readonly ok: boolean;
  /** What is wrong, and what to do. */
  readonly problems: readonly string[];
  /** What is not wrong but worth knowing. */
  readonly notes: readonly string[];
}

/** Judges the results of `checkGradient`. @param checks from the image to the deepest stage */
export function judgeGradient(checks: readonly GradientCheck[]): Verdict {
  const wrong = checks.findLast(({ deviation }) => !(deviation <= LARGEST_DEVIATION));
  if (!wrong) return { ok: true, problems: [], notes: [] };
  const next = checks[checks.indexOf(wrong) + 1];
  const from = wrong.stage ? `${wrong.stage} ("${wrong.tensor}")` : `the image ("${wrong.tensor}")`;
  const to = next ? `${next.stage} ("${next.tensor}")` : "the logits";
  const problem = `the gradient is wrong between ${from} and ${to}: small steps differ from it by ${percent(wrong.deviation)}; report the model, or explain at ${next ? next.stage : "another layer"}`;
  return { ok: false, problems: [problem], notes: [] };
}

/**
 * Judges the result of `ledgerOf`: relevance that is not accounted for is a problem; what biases, the stabilizer, or a
 * rule that does not claim to conserve take is worth a note.
 */
export function judgeLedger({ entries, start, end }: Ledger): Verdict {
  const problems = entries.flatMap((entry) => {
    const name = `${entry.node} (${entry.operator}, ${entry.rule})`;
    if (!Number.isFinite(entry.magnitude) || !Number.isFinite(entry.passed)) {
      return [`${name}: its relevance is not finite; use a larger epsilon or another rule`];
    }
    const imbalance = imbalanceOf(entry);
    if (imbalance <= LARGEST_IMBALANCE || entry.lossy) return [];
    return [
      `${name}: ${percent(imbalance)} of its relevance is not accounted for; if the rule is your own, correct its terms, otherwise use another rule and report the model`,
    ];
  });
  // values that are not finite spread, so only the first node matters
  const notFinite = problems.filter((problem) => problem.includes("not finite")).slice(0, 1);
  const lossy = entries
    .filter((entry) => entry.lossy && imbalanceOf(entry) > LARGEST_IMBALANCE)
    .map(
      (entry) =>
        `${entry.node} (${entry.operator}, ${entry.rule}): ${percent(imbalanceOf(entry))} of its relevance is lost or added; its rule does not claim to conserve relevance`,
    );
  const scale = Math.abs(start);
  const kept = (part: "bias" | "stabilizer") => entries.reduce((sum, entry) => sum + Math.abs(entry[part]), 0);
  const notes = (["bias", "stabilizer"] as const).flatMap((part) =>
    scale > 0 && kept(part) > NOTABLE * scale ? [note(part, kept(part) / scale, end / start)] : [],
  );
  return {
    ok: problems.length === 0,
    problems: notFinite.length > 0 ? notFinite : problems,
    notes: [...lossy, ...notes],
  };
}

function note(part: "bias" | "stabilizer", fraction: number, arrives: number): string {
  const who = part === "bias" ? "biases and other constants keep" : "the stabilizer keeps";
  const hint = part === "bias" ? 'bias: "ignore" in a composite leaves them out' : "a smaller epsilon keeps less";
  return `${who} relevance worth ${percent(fraction)} of the score, all nodes together (${percent(arrives)} of the score arrives at the image); ${hint}`;
}

const percent = (fraction: number): string =>
  `${(100 * fraction).toLocaleString("en-US", { maximumSignificantDigits: 3 })} %`;
