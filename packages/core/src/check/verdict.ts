import { arrivalOf } from "../relevance/arrival.js";
import type { GradientCheck } from "./finite-differences.js";
import { imbalanceOf, type Ledger, type LedgerEntry } from "./ledger.js";

/** How large `imbalanceOf` a node may be: float32 sums are not exact. */
export const LARGEST_IMBALANCE = 1e-3;

/** How much the stabilizer or biases may keep without a note, as a fraction of the relevance that propagation starts from. */
const NOTABLE = 0.2;

/** Shares of the score at the image, at least and at most, that are doubtful; beyond them relevance is wrong. */
const POSSIBLE = [0.01, 100] as const;

/** Judgment in words. */
export interface Verdict {
  /** Whether nothing is wrong. */
  readonly ok: boolean;
  /** What is wrong, and what to do. */
  readonly problems: readonly string[];
  /** What can't be said, or is not as it should be without being an error: where there is some, nothing is proved. */
  readonly doubts: readonly string[];
  /** What is good to know. */
  readonly notes: readonly string[];
}

/** Judges the results of `checkGradient`. @param checks from the image to the deepest stage */
export function judgeGradient(checks: readonly GradientCheck[]): Verdict {
  const placeOf = ({ stage, tensor }: GradientCheck) => (stage ? `${stage} ("${tensor}")` : `the image ("${tensor}")`);
  const wrong = checks.findLast(({ verdict }) => verdict === "wrong");
  const next = wrong && checks[checks.indexOf(wrong) + 1];
  const problems = wrong
    ? [
        `the gradient is wrong between ${placeOf(wrong)} and ${next ? placeOf(next) : "the logits"}: small steps change the score otherwise by ${percent(wrong.deviation)}; report the model, or explain at ${next ? next.stage : "another layer"}`,
      ]
    : [];
  const unclear = checks.filter(({ verdict }) => verdict === "unclear");
  const doubts =
    unclear.length > 0
      ? [
          `whether the gradient by ${unclear.map(placeOf).join(", ")} is right can't be said: no two small steps agree, as the score bends too often there or hardly changes; try another picture or target`,
        ]
      : [];
  const kinks = checks.reduce((sum, check) => sum + check.kinks, 0);
  const directions = checks.reduce((sum, check) => sum + check.directions, 0);
  const notes =
    kinks > 0
      ? [
          `in ${kinks} of ${directions} directions the score bends right at this picture, as ReLU does at 0; there the gradient is the slope on one side, or between the two`,
        ]
      : [];
  return { ok: problems.length === 0, problems, doubts, notes };
}

/**
 * Judges the result of `ledgerOf`: relevance that is not accounted for is a problem; what biases, the stabilizer, or a
 * rule that does not claim to conserve take is worth a note.
 */
export function judgeLedger(ledger: Ledger): Verdict {
  const { entries, start, end } = ledger;
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
  const found = notFinite.length > 0 ? notFinite : problems;
  const arrival = found.length === 0 ? judgeArrival(ledger, lossy.length > 0) : {};
  if (arrival.problem) found.push(arrival.problem);
  return {
    ok: found.length === 0,
    problems: found,
    doubts: arrival.doubt ? [arrival.doubt] : [],
    notes: [...lossy, ...notes],
  };
}

/**
 * What is to be said if far more or far less than the score arrives at the image, or its opposite.
 * @param lossy whether rules say of themselves that they don't conserve: then it is no error
 */
function judgeArrival(ledger: Ledger, lossy: boolean): { problem?: string; doubt?: string } {
  const { share, plausible } = arrivalOf(ledger.start, ledger.end);
  if (plausible || share === undefined) return {};
  const text = describeArrival(ledger);
  const [least, most] = POSSIBLE;
  return lossy || (share >= least && share <= most) ? { doubt: text } : { problem: text };
}

/** How much of the score arrives at the image, where relevance goes astray, and what to do, in words. */
export function describeArrival(ledger: Ledger): string {
  const share = percent(ledger.end / ledger.start);
  const { where, remedy } = mostAstray(ledger) ?? { where: "", remedy: DEFAULTS };
  return `${share} of the score arrives at the image, where all of it should: the map does not say where the score comes from${where}; ${remedy}`;
}

const DEFAULTS = "leave `bias` and `stabilizer` at their defaults, or use another composite";
const SAME_SIGNS = "let only summands that agree share (`sums` `agreeing`), or use another composite";

/** The node that keeps or adds the most, why, and what to do, in words; undefined where none does. */
function mostAstray({ entries, start }: Ledger): { readonly where: string; readonly remedy: string } | undefined {
  const astray = ({ given, passed }: LedgerEntry) => Math.abs(given - passed);
  const most = entries.reduce<LedgerEntry | undefined>(
    (worst, entry) => (astray(entry) > (worst ? astray(worst) : 0) ? entry : worst),
    undefined,
  );
  if (!most) return undefined;
  const { node, operator, rule, given, passed, bias, stabilizer, magnitude } = most;
  const size = percent(magnitude / Math.abs(start));
  const [[, cause, remedy]] = (
    [
      [bias, "biases and other constants make the difference", DEFAULTS],
      [stabilizer, "the stabilizer makes the difference", DEFAULTS],
      [
        given - passed - bias - stabilizer,
        `relevance of both signs, ${size} of the score in size, nearly cancels there, and float32 rounds what is left`,
        SAME_SIGNS,
      ],
    ] as const
  ).toSorted(([a], [b]) => Math.abs(b) - Math.abs(a)) as [readonly [number, string, string]];
  return {
    where: `. It goes astray most at ${node} (${operator}, ${rule}), which gets ${percent(given / start)} of the score and passes on ${percent(passed / start)}: ${cause}`,
    remedy,
  };
}

function note(part: "bias" | "stabilizer", fraction: number, arrives: number): string {
  const who = part === "bias" ? "biases and other constants keep" : "the stabilizer keeps";
  const hint = part === "bias" ? 'bias: "spread", the default, hands it on' : "a smaller epsilon keeps less";
  return `${who} relevance worth ${percent(fraction)} of the score, all nodes together (${percent(arrives)} of the score arrives at the image); ${hint}`;
}

/** A share of something in words. */
export const percent = (fraction: number): string =>
  `${(100 * fraction).toLocaleString("en-US", { maximumSignificantDigits: 3 })} %`;
