import { type Confusion, type ConfusionCell, cellsOf } from "../evaluation/confusion.js";
import { type RunSummary, summaryOf } from "../evaluation/summary.js";
import type { ResultTable } from "../evaluation/table.js";
import type { ConfusionRun } from "./run.js";

/** One class against the rest. */
export interface ClassFigures {
  readonly class: number;
  readonly name: string | null;
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
  /** From 0 to 1; null where the class was never predicted. */
  readonly precision: number | null;
  /** From 0 to 1; null where no picture has the label. */
  readonly recall: number | null;
}

/** A picture that the model is wrong about. */
export interface Mistake {
  readonly id: string;
  /** Classes of the model. */
  readonly label: number;
  readonly predicted: number;
  /** The predicted class's probability. */
  readonly confidence: number;
}

/** Which class was taken for which, as plain data. */
export interface ConfusionDocument extends RunSummary {
  readonly classes: readonly ClassFigures[];
  /** Cells that are not empty, row by row: pictures of a label, by prediction. */
  readonly matrix: readonly ConfusionCell[];
  /** The most confident ones first. */
  readonly mistakes: readonly Mistake[];
}

export function confusionDocument(run: ConfusionRun, table: ResultTable, confusion: Confusion): ConfusionDocument {
  const { labels } = run.opened;
  const orNull = (share: number) => (Number.isNaN(share) ? null : share);
  const wrong = confusion.items.filter(({ label, predicted }) => label !== predicted);
  return {
    ...summaryOf(run, table),
    classes: confusion.classes.map((index, place) => {
      const figures = confusion.oneVersusRest[place] as Confusion["oneVersusRest"][number];
      const { precision, recall } = figures;
      return {
        class: index,
        name: labels?.[index] ?? null,
        ...figures,
        precision: orNull(precision),
        recall: orNull(recall),
      };
    }),
    matrix: cellsOf(confusion),
    mistakes: wrong
      .map(({ row, label, predicted }) => {
        const { id, confidence } = table.items[row] as ResultTable["items"][number];
        return { id, label, predicted, confidence };
      })
      .sort((a, b) => b.confidence - a.confidence),
  };
}
