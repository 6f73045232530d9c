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

/** How many pictures are shown with the maps of all methods: of the best, the middle and the worst each. */
const COMPARED = 2;

/** The pictures of a map by a measure, the worst first; those that have no value are left out. */
function worstFirst({ columns }: ResultTable, map: string, by: MeasureName): number[] {
  const values = columns.get(map)?.get(by) ?? new Float64Array();
  const sign = measures[by].better === "higher" ? 1 : -1;
  return [...values.keys()]
    .filter((row) => !Number.isNaN(values[row]))
    .sort((a, b) => sign * ((values[a] as number) - (values[b] as number)) || a - b);
}

const shownOf = ({ items }: ResultTable, rows: readonly number[]): ChosenPicture[] =>
  rows.map((row) => ({ row, targets: [items[row]?.target as number] }));

/** The worst and the best maps of a method; of few pictures, none is both. */
export function extremeChoices(table: ResultTable, map: string, by: MeasureName): Choice[] {
  const rows = worstFirst(table, map, by);
  const each = Math.min(SHOWN, Math.ceil(rows.length / 2));
  const note = `by ${measures[by].title}`;
  return [
    { title: "Worst", note, shown: shownOf(table, rows.slice(0, each)) },
    { title: "Best", note, shown: shownOf(table, rows.slice(each).slice(-each).reverse()) },
  ].filter(({ shown }) => shown.length > 0);
}

/** Pictures on which all methods are shown together: those on which one of them is best, as usual, and worst. */
export function comparedChoices(table: ResultTable, map: string, by: MeasureName): Choice[] {
  const rows = worstFirst(table, map, by);
  const each = Math.min(COMPARED, Math.ceil(rows.length / 3));
  const worst = rows.slice(0, each);
  const best = rows.slice(each).slice(-each).reverse();
  const rest = rows.slice(worst.length, rows.length - best.length);
  const from = Math.floor((rest.length - each) / 2);
  const middle = rest.slice(Math.max(0, from), Math.max(0, from) + each);
  return [
    { title: `Where ${map} does best`, note: "", shown: shownOf(table, best) },
    { title: `Where ${map} does as usual`, note: "", shown: shownOf(table, middle) },
    { title: `Where ${map} does worst`, note: "", shown: shownOf(table, worst) },
  ].filter(({ shown }) => shown.length > 0);
}
