import { type Estimate, type Measure, type MeasureName, measures } from "@limn/core";
import {
  type EvaluationDocument,
  MEASURE_NAMES,
  type PairedMeasure,
  pInWords,
  type Ranking,
  reasonsInWords,
  type StagedMaps,
  stagedMaps,
  stagedName,
} from "@limn/evaluate";
import { conclusionInWords, failuresOf, headlineOf } from "../evaluation-summary.js";
import { table } from "../table.js";

/**
 * The verdict of an evaluation with its tables, for a terminal.
 * @param ranked whether a measure was asked for that ranks the maps
 */
export function evaluationInWords(document: EvaluationDocument, ranked: boolean): string {
  const { methods, measured, reasons, rankings, conclusion } = document;
  const names = Object.keys(methods);
  const shown = MEASURE_NAMES.filter((measure) => names.some((name) => methods[name]?.[measure]));
  const staged = stagedMaps(names);
  const ranking = ranked && conclusion.by !== null ? rankings[conclusion.by] : undefined;
  const tables = [
    ...(ranking
      ? [rankedTable(document, shown, ranking)]
      : staged
        ? stageTables(document, shown, staged)
        : [measureTable(document, shown), winTable(document)]),
    sanityTable(document),
    ...reasonsInWords(reasons).map((line) => `${line}\n`),
  ];
  const verdict = names.length > 0 ? [conclusionInWords(conclusion), "\n"] : [];
  const parts = [`${headlineOf(document)}\n`, ...(measured > 0 ? [...verdict, ...tables] : []), failuresOf(document)];
  return parts.join("");
}

const titleOf = (measure: MeasureName): string => {
  const { title, unit, better } = measures[measure];
  return `${title}${unit === "%" ? " %" : ""}${better === "lower" ? " (low)" : ""}`;
};

/** A map's name, and whether it is there for comparison only. */
const headOf = (name: string, { baselines }: EvaluationDocument): string =>
  baselines.includes(name) ? `${name} (baseline)` : name;

function measureTable(document: EvaluationDocument, shown: readonly MeasureName[]): string {
  const { methods } = document;
  const names = Object.keys(methods);
  return table(
    ["", ...names.map((name) => headOf(name, document))],
    shown.map((measure) => [
      titleOf(measure),
      ...names.map((name) => cellOf(methods[name]?.[measure] ?? null, measures[measure].unit)),
    ]),
  );
}

/** A line per map, the best first, since there are many: means, and the interval of the measure that ranks them. */
function rankedTable(
  document: EvaluationDocument,
  shown: readonly MeasureName[],
  { by, order, lead }: Ranking,
): string {
  const { methods, baselines } = document;
  const others = shown.filter((measure) => measure !== by);
  const rows = [...order.map(({ name }) => name), ...baselines].map((name) => [
    headOf(name, document),
    cellOf(methods[name]?.[by] ?? null, measures[by].unit),
    pOf(lead[name]),
    ...others.map((measure) => meanOf(methods[name]?.[measure] ?? null, measures[measure].unit)),
  ]);
  return table(["", titleOf(by), "p", ...others.map(titleOf)], rows);
}

const pOf = (paired: PairedMeasure | undefined): string => (paired ? pInWords(paired.corrected) : "");

function winTable({ wins }: EvaluationDocument): string {
  const names = Object.keys(wins);
  if (names.length < 2) return "";
  const rows = names.map((name) => [
    name,
    ...names.map((other) => (name === other ? "" : (wins[name]?.[other] ?? 0).toFixed(1))),
  ]);
  return `\nWin % of the line's method over the column's\n${table(["", ...names], rows)}`;
}

/** A table for each measure: a line per method, a column per stage. */
function stageTables(
  document: EvaluationDocument,
  shown: readonly MeasureName[],
  { methods: lines, stages }: StagedMaps,
): string[] {
  const { methods, baselines } = document;
  return shown.map((measure) => {
    const cell = (name: string) => cellOf(methods[name]?.[measure] ?? null, measures[measure].unit);
    const rows = [
      ...lines.map((method) => [method, ...stages.map((stage) => cell(stagedName(method, stage)))]),
      // of no stage
      ...baselines.map((name) => [headOf(name, document), cell(name)]),
    ];
    return `\n${table([titleOf(measure), ...stages], rows)}`;
  });
}

function sanityTable({ sanity }: EvaluationDocument): string {
  const [first] = Object.values(sanity ?? {});
  if (!sanity || !first) return "";
  const layers = Object.keys(first);
  const rows = Object.entries(sanity).map(([map, of]) => [map, ...layers.map((layer) => shortened(of[layer]))]);
  return `\nSimilarity to the maps of networks with random weights down to a layer (low is good)\n${table(["", ...layers], rows)}\n`;
}

const shortened = (estimate: Estimate | undefined): string => (estimate?.n ? estimate.mean.toFixed(2) : "-");

const digitsOf = (unit: Measure["unit"]): number => (unit === "%" ? 1 : 3);

const meanOf = (estimate: Estimate | null, unit: Measure["unit"]): string =>
  estimate ? estimate.mean.toFixed(digitsOf(unit)) : "-";

function cellOf(estimate: Estimate | null, unit: Measure["unit"]): string {
  if (!estimate) return "-";
  const digits = digitsOf(unit);
  const { mean, low, high } = estimate;
  return `${mean.toFixed(digits)} [${low.toFixed(digits)}, ${high.toFixed(digits)}]`;
}
