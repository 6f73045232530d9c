import type { OneVersusRest } from "@limn/core";
import type { Confusion, LabeledItem } from "../evaluation/confusion.js";
import type { TableItem } from "../evaluation/table.js";
import type { Choice, ChosenPicture } from "./choices.js";

/** The figures of a class, and galleries of its pictures. */
export interface ClassChoices extends OneVersusRest {
  readonly class: number;
  readonly galleries: readonly Choice[];
}

export interface ClassChoiceOptions {
  /** The classes that are shown. Default: those with the most mistakes. */
  readonly classes?: readonly number[];
  /** Pictures in each gallery. Default 4. */
  readonly shown?: number;
}

/** How many classes are shown if none are named. */
const MOST_CLASSES = 12;

/** One class against the rest: the classes with the most mistakes first, and in each the most confident mistakes first. */
export function classChoices(
  confusion: Confusion,
  table: readonly TableItem[],
  { classes, shown = 4 }: ClassChoiceOptions = {},
): ClassChoices[] {
  const byLabel = groupedBy(confusion.items, ({ label }) => label);
  const byPrediction = groupedBy(confusion.items, ({ predicted }) => predicted);
  const byRunnerUp = groupedBy(confusion.items, ({ row }) => table[row]?.runnerUp);
  const most = (items: readonly LabeledItem[], by: Confidence, targets: Targets) =>
    mostBy(items, by, table, shown).map((item): ChosenPicture => ({ row: item.row, targets: targets(item) }));
  const galleriesOf = (name: number): Choice[] => {
    const [labeled, predicted, second] = [byLabel, byPrediction, byRunnerUp].map((by) => by.get(name) ?? []) as [
      LabeledItem[],
      LabeledItem[],
      LabeledItem[],
    ];
    const isRight = ({ label, predicted }: LabeledItem) => label === predicted;
    return [
      {
        title: "False positives",
        note: "taken for this class, but labeled as another; the most confident ones",
        shown: most(
          predicted.filter((item) => !isRight(item)),
          "confidence",
          bothClasses,
        ),
      },
      {
        title: "False negatives",
        note: "labeled as this class, but taken for another; the most confident ones",
        shown: most(
          labeled.filter((item) => !isRight(item)),
          "confidence",
          bothClasses,
        ),
      },
      {
        title: "True positives",
        note: "labeled as this class, and recognized; the most confident ones",
        shown: most(labeled.filter(isRight), "confidence", ({ predicted }) => [predicted]),
      },
      {
        title: "True negatives",
        note: "of another class, and not taken for this one, but it was the second guess; the closest ones",
        shown: most(
          second.filter(({ label }) => label !== name),
          "runnerUpConfidence",
          ({ predicted }) => [predicted, name],
        ),
      },
    ].filter(({ shown }) => shown.length > 0);
  };
  const all = confusion.classes.map((name, position) => ({
    class: name,
    ...(confusion.oneVersusRest[position] as OneVersusRest),
  }));
  const mistakes = ({ falsePositives, falseNegatives }: OneVersusRest) => falsePositives + falseNegatives;
  const wanted = classes
    ? all.filter((one) => classes.includes(one.class))
    : all.sort((a, b) => mistakes(b) - mistakes(a) || a.class - b.class).slice(0, MOST_CLASSES);
  return wanted.map((one) => ({ ...one, galleries: galleriesOf(one.class) }));
}

/** The most confident mistakes of all classes. @param shown how many */
export const confidentMistakes = (confusion: Confusion, table: readonly TableItem[], shown: number): Choice => ({
  title: "Mistakes",
  note: "the most confident ones",
  shown: mostBy(
    confusion.items.filter(({ label, predicted }) => label !== predicted),
    "confidence",
    table,
    shown,
  ).map((item) => ({ row: item.row, targets: bothClasses(item) })),
});

type Confidence = "confidence" | "runnerUpConfidence";

const mostBy = (
  items: readonly LabeledItem[],
  by: Confidence,
  table: readonly TableItem[],
  shown: number,
): LabeledItem[] =>
  [...items].sort((a, b) => (table[b.row]?.[by] ?? 0) - (table[a.row]?.[by] ?? 0) || a.row - b.row).slice(0, shown);

type Targets = (item: LabeledItem) => readonly number[];

/** The maps of a mistake: for the prediction, then for the label. */
const bothClasses: Targets = ({ label, predicted }) => [predicted, label];

function groupedBy<K>(items: readonly LabeledItem[], keyOf: (item: LabeledItem) => K): Map<K, LabeledItem[]> {
  const groups = new Map<K, LabeledItem[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item)) ?? [];
    groups.set(keyOf(item), group);
    group.push(item);
  }
  return groups;
}
