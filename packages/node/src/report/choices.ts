import { type MeasureName, measures } from "@limn/core";
import type { ResultTable } from "../table.js";

/** Pictures of one kind, the most telling first. */
export interface Choice {
  readonly title: string;
  /** What the pictures have in common, in words. */
  readonly note: string;
  /** Rows of the table. */
  readonly rows: readonly number[];
}

/** What a class was, and was not, taken for. */
export interface ClassChoices {
  readonly class: number;
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
  readonly galleries: readonly Choice[];
}

/** Pictures of each kind that are shown. */
const SHOWN = 4;

/** Classes whose galleries are shown: those with the most mistakes. */
const MOST_CLASSES = 40;

/** One class against the rest, the classes with the most mistakes first, and in each the most confident ones. */
export function classChoices({ items }: ResultTable): ClassChoices[] {
  const labeled = [...items.entries()].filter(([, { labels }]) => labels.length > 0);
  const classes = new Set(labeled.flatMap(([, { labels, predicted }]) => [...labels, predicted]));
  const sure = (rows: readonly number[]) =>
    [...rows].sort((a, b) => (items[b]?.confidence ?? 0) - (items[a]?.confidence ?? 0)).slice(0, SHOWN);
  const choices = [...classes].map((name): ClassChoices => {
    const rowsWhere = (isLabel: boolean, isPredicted: boolean) =>
      labeled.flatMap(([row, { labels, predicted }]) =>
        labels.includes(name) === isLabel &&
        (predicted === name || (isLabel && isPredicted && labels.includes(predicted))) === isPredicted
          ? [row]
          : [],
      );
    const [tp, fp, fn, tn] = [
      rowsWhere(true, true),
      rowsWhere(false, true),
      rowsWhere(true, false),
      rowsWhere(false, false),
    ];
    return {
      class: name,
      truePositives: tp.length,
      falsePositives: fp.length,
      falseNegatives: fn.length,
      trueNegatives: tn.length,
      galleries: [
        { title: "False positives", note: "taken for it, and labeled otherwise", rows: sure(fp) },
        { title: "False negatives", note: "labeled so, and taken for something else", rows: sure(fn) },
        { title: "True positives", note: "labeled so, and recognized", rows: sure(tp) },
      ].filter(({ rows }) => rows.length > 0),
    };
  });
  const mistakes = ({ falsePositives, falseNegatives }: ClassChoices) => falsePositives + falseNegatives;
  return choices.sort((a, b) => mistakes(b) - mistakes(a) || a.class - b.class).slice(0, MOST_CLASSES);
}

/** Measures by which the best and worst maps of a method are found: the first that the data has. */
const BY: readonly MeasureName[] = ["iou", "averageDrop"];

/** The worst and the best maps of a method. */
export function extremeChoices({ columns }: ResultTable, map: string): Choice[] {
  const measured = columns.get(map);
  const by = BY.find((name) => measured?.get(name)?.some((v) => !Number.isNaN(v)));
  const values = by && measured?.get(by);
  if (!by || !values) return [];
  const { title, better } = measures[by];
  const rows = [...values.keys()].filter((row) => !Number.isNaN(values[row] as number));
  const rising = rows.sort((a, b) => (values[a] as number) - (values[b] as number) || a - b);
  const [lowest, highest] = [rising.slice(0, SHOWN), rising.slice(-SHOWN).reverse()];
  const [worst, best] = better === "higher" ? [lowest, highest] : [highest, lowest];
  return [
    { title: "Worst", note: `by ${title}`, rows: worst },
    { title: "Best", note: `by ${title}`, rows: best },
  ];
}
