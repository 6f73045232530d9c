import {
  bootstrapMeans,
  CONFIDENCE,
  type Comparison,
  comparePairs,
  type Estimate,
  holm,
  type MeasureName,
  measures,
  RESAMPLES,
  winOf,
} from "@limn/core";
import { conclusionOf, type MeasuredConclusion } from "./conclude.js";
import type { Means, PairedMeasure, Pairs } from "./figures.js";
import { type Rankings, rankingOf } from "./ranking.js";
import type { EvaluationRun } from "./run.js";
import { RANDOM } from "./settings.js";
import { type RunSummary, summaryOf } from "./summary.js";
import type { ResultTable } from "./table.js";
import { scoreOf, variantOf } from "./variant.js";

export const MEASURE_NAMES = Object.keys(measures) as readonly MeasureName[];

/** Seed of the bootstrap's draws. */
const SEED = 0;

/** The results of an evaluation, as plain data: what evaluation.json holds and `limn evaluate --json` prints. */
export interface EvaluationDocument extends RunSummary {
  readonly settings: Readonly<Record<string, unknown>>;
  /** Means over pictures, by map and measure; null if no picture has the measure, and `reasons` says why. */
  readonly methods: Means;
  readonly reasons: { readonly [Name in MeasureName]?: string };
  /** The definition of each measure, with its variant, in words. */
  readonly definitions: Readonly<Record<MeasureName, string>>;
  /** The names of maps that are no method's: the random one. They are compared with all others, and win and lose nothing. */
  readonly baselines: readonly string[];
  /** Which map is best, by how much, and which differences are noise. */
  readonly conclusion: MeasuredConclusion;
  /** The maps in the order of each measure that has a value. */
  readonly rankings: Rankings;
  /** On how many percent of the pictures the first map wins over the second, by the maps' names; empty if drops have no value. */
  readonly wins: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Comparisons, by the names of the first and the second map of each pair. */
  readonly pairs: Pairs;
  /** Mean correlation of neighboring gradients by stage. */
  readonly shattering: Readonly<Record<string, Estimate>> | null;
  /** Mean similarity to the maps of networks that are random down to a layer, by map and layer. */
  readonly sanity: Readonly<Record<string, Readonly<Record<string, Estimate>>>> | null;
  readonly statistics: string;
}

/**
 * Sums up the results of an evaluation: means with intervals, comparisons, wins.
 * @param table the run's results, as `tableOf(run.log)` gives them
 */
export function evaluationDocument(run: EvaluationRun, table: ResultTable): EvaluationDocument {
  const { settings } = run;
  const variant = variantOf(settings, run.opened);
  const names = [...table.columns.keys()];
  const { methods, pairs } = estimated(table, names);
  const rankings: Rankings = Object.fromEntries(
    MEASURE_NAMES.flatMap((name) => {
      const ranking = rankingOf({ methods, pairs }, name);
      return ranking ? [[name, ranking]] : [];
    }),
  );
  const baselines = settings.random === undefined ? [] : [RANDOM];
  const { model: _, data: __, ...told } = settings;
  return {
    ...summaryOf(run, table),
    settings: told,
    methods,
    reasons: reasonsOf(run, table),
    definitions: byMeasure((name) => measures[name].definition(variant)),
    baselines,
    conclusion: conclusionOf(rankings, pairs, run.rankBy),
    rankings,
    wins: winsOf(
      table,
      names.filter((name) => !baselines.includes(name)),
    ),
    pairs,
    shattering: settings.shattering ? estimatesOf(table.shattering) : null,
    sanity:
      settings.sanity === undefined
        ? null
        : Object.fromEntries([...table.sanity].map(([map, layers]) => [map, estimatesOf(layers)])),
    statistics: `${100 * CONFIDENCE} % percentile intervals of ${RESAMPLES} bootstrap resamples of pictures, seed ${SEED}; pairs by Wilcoxon's signed-rank test, two-sided; \`corrected\` is corrected for all pairs of a measure (Holm 1979)`,
  };
}

const byMeasure = <T>(of: (name: MeasureName) => T): Record<MeasureName, T> =>
  Object.fromEntries(MEASURE_NAMES.map((name) => [name, of(name)])) as Record<MeasureName, T>;

/** All columns in one call, so that they see the same draws of pictures. */
function estimated({ columns }: ResultTable, names: readonly string[]): Pick<EvaluationDocument, "methods" | "pairs"> {
  const cells = names.flatMap((map) =>
    [...(columns.get(map) ?? [])].map(([measure, values]) => ({ map, measure: measure as MeasureName, values })),
  );
  const estimates = bootstrapMeans(
    cells.map(({ values }) => values),
    { seed: SEED },
  );
  const methods = Object.fromEntries(names.map((map) => [map, byMeasure((): Estimate | null => null)]));
  cells.forEach(({ map, measure }, i) => {
    const estimate = estimates[i] as Estimate;
    if (estimate.n > 0) (methods[map] as Record<MeasureName, Estimate | null>)[measure] = estimate;
  });
  const couples = names.flatMap((first, i) =>
    names.slice(i + 1).flatMap((second) =>
      MEASURE_NAMES.flatMap((measure) => {
        const [a, b] = [columns.get(first)?.get(measure), columns.get(second)?.get(measure)];
        return a && b ? [{ first, second, measure, pair: { first: a, second: b } }] : [];
      }),
    ),
  );
  const compared = comparePairs(
    couples.map(({ pair }) => pair),
    { seed: SEED },
  );
  const corrected = correctedPs(couples, compared);
  const pairs: Record<string, Record<string, { [Name in MeasureName]?: PairedMeasure }>> = {};
  couples.forEach(({ first, second, measure }, i) => {
    const { difference, test } = compared[i] as Comparison;
    const others = pairs[first] ?? {};
    pairs[first] = others;
    others[second] = {
      ...others[second],
      [measure]: { difference, p: test.p, corrected: corrected[i] as number },
    };
  });
  return { methods, pairs };
}

/** p-values, those of each measure corrected for its pairs; pairs without pictures are none. */
function correctedPs(couples: readonly { measure: MeasureName }[], compared: readonly Comparison[]): number[] {
  const corrected = new Array<number>(couples.length).fill(1);
  for (const name of MEASURE_NAMES) {
    const own = [...couples.keys()].filter(
      (i) => couples[i]?.measure === name && (compared[i] as Comparison).difference.n > 0,
    );
    holm(own.map((i) => (compared[i] as Comparison).test.p)).forEach((p, k) => {
      corrected[own[k] as number] = p;
    });
  }
  return corrected;
}

function estimatesOf(columns: ReadonlyMap<string, Float64Array>): Record<string, Estimate> {
  const names = [...columns.keys()];
  const estimates = bootstrapMeans([...columns.values()], { seed: SEED });
  return Object.fromEntries(names.map((name, i) => [name, estimates[i] as Estimate]));
}

function winsOf({ columns }: ResultTable, names: readonly string[]): Record<string, Record<string, number>> {
  const dropsOf = (name: string) => columns.get(name)?.get("averageDrop") ?? new Float64Array();
  if (names.every((name) => dropsOf(name).length === 0)) return {};
  return Object.fromEntries(
    names.map((name) => [
      name,
      Object.fromEntries(
        names.filter((other) => other !== name).map((other) => [other, winRate(dropsOf(name), dropsOf(other))]),
      ),
    ]),
  );
}

function winRate(drops: Float64Array, others: Float64Array): number {
  let sum = 0;
  drops.forEach((drop, i) => {
    sum += winOf(drop, others[i] as number);
  });
  return sum / drops.length;
}

/** Why measures have no value, in one line for all that have the same reason: `Loc(0), IoU: the data has no boxes`. */
export function reasonsInWords(reasons: EvaluationDocument["reasons"]): string[] {
  const byReason = new Map<string, string[]>();
  for (const [name, reason] of Object.entries(reasons)) {
    byReason.set(reason, [...(byReason.get(reason) ?? []), measures[name as MeasureName].title]);
  }
  return [...byReason].map(([reason, titles]) => `${titles.join(", ")}: ${reason}`);
}

/** Why measures have no value. */
function reasonsOf({ settings, data, opened }: EvaluationRun, { columns }: ResultTable): EvaluationDocument["reasons"] {
  const reasons: { [Name in MeasureName]?: string } = {};
  for (const name of MEASURE_NAMES) {
    const has = [...columns.values()].some((of) => of.get(name)?.some((v) => !Number.isNaN(v)));
    if (has) continue;
    const { needs } = measures[name];
    if (columns.size === 0) reasons[name] = "no picture was measured";
    else if ((needs === "curves" || needs === "class-curves") && !settings.curves) reasons[name] = "not asked for";
    else if (needs === "class-curves")
      reasons[name] =
        `it asks whether the class is still the predicted one, and what is explained, ${scoreOf(settings.target, opened)}, is no class of several`;
    else if (needs === "probability")
      reasons[name] =
        `it is defined on probabilities, and what is explained, ${scoreOf(settings.target, opened)}, is none`;
    else if (data.objects === "none") reasons[name] = "the data has no boxes or masks of objects";
    else if (needs === "masks" && data.objects === "boxes")
      reasons[name] = "the data has boxes and no masks of objects";
    else if (needs === "masks") reasons[name] = "no picture has the outlines of all objects of the explained class";
    else if (needs === "other-objects")
      reasons[name] = "no picture has objects of other classes than the explained one";
    else reasons[name] = "no picture has an object of the explained class";
  }
  return reasons;
}
