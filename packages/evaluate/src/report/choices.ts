import { type MeasureName, measures } from "@limn/core";
import type { ResultTable } from "../evaluation/table.js";

/** Pictures of one kind; those that say most come first. */
export interface Choice {
  readonly title: string;
  /** What the pictures have in common, in words. */
  readonly note: string;
  readonly shown: readonly ChosenPicture[];
}

export interface ChosenPicture {
  /** Its row of the table. */
  readonly row: number;
  /** Classes whose maps are shown. */
  readonly targets: readonly number[];
}

/** How many pictures of each kind are shown. */
const SHOWN = 4;

/** The measures that find the best and worst maps of a method: the first that the data has counts. */
const BY: readonly MeasureName[] = ["iou", "averageDrop"];

/** The worst and the best maps of a method. */
export function extremeChoices({ items, columns }: ResultTable, map: string): Choice[] {
  const measured = columns.get(map);
  const by = BY.find((name) => measured?.get(name)?.some((v) => !Number.isNaN(v)));
  const values = by && measured?.get(by);
  if (!by || !values) return [];
  const { title, better } = measures[by];
  const rows = [...values.keys()].filter((row) => !Number.isNaN(values[row] as number));
  const rising = rows.sort((a, b) => (values[a] as number) - (values[b] as number) || a - b);
  const [lowest, highest] = [rising.slice(0, SHOWN), rising.slice(-SHOWN).reverse()];
  const [worst, best] = better === "higher" ? [lowest, highest] : [highest, lowest];
  const shown = (chosen: readonly number[]) => chosen.map((row) => ({ row, targets: [items[row]?.target as number] }));
  return [
    { title: "Worst", note: `by ${title}`, shown: shown(worst) },
    { title: "Best", note: `by ${title}`, shown: shown(best) },
  ];
}
