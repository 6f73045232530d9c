import type { Conclusion } from "../conclusion.js";
import { type Confusion, type ConfusionCell, cellsOf } from "../evaluation/confusion.js";
import { type RunSummary, summaryOf } from "../evaluation/summary.js";
import type { ResultTable } from "../evaluation/table.js";
import { confusionConclusion } from "./conclude.js";
import type { ConfusionRun } from "./run.js";

/** One class against the rest. */
export interface ClassFigures {
  readonly class: number;
  readonly name: string | null;
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
  /** 0 to 1; null if the class was never predicted. */
  readonly precision: number | null;
  /** 0 to 1; null if no picture has the label. */
  readonly recall: number | null;
}

/** A picture that the model is wrong about. */
export interface Mistake {
  readonly id: string;
  /** Classes of the model. */
  readonly label: number;
  readonly predicted: number;
  /** The predicted class's probability, 0 to 1. */
  readonly confidence: number;
}

/** Which classes were taken for which, as plain data: what `limn confusion --json` prints. */
export interface ConfusionDocument extends RunSummary {
  /** How often the model is wrong, and about which classes more than about others. */
  readonly conclusion: Conclusion;
  readonly classes: readonly ClassFigures[];
  /** The cells of the matrix that are not empty, row by row. A row is a label, a column a prediction. */
  readonly matrix: readonly ConfusionCell[];
  /** The mistakes, the most confident ones first. */
  readonly mistakes: readonly Mistake[];
}

export function confusionDocument(run: ConfusionRun, table: ResultTable, confusion: Confusion): ConfusionDocument {
  const { labels } = run.opened;
  const orNull = (share: number) => (Number.isNaN(share) ? null : share);
  const wrong = confusion.items.filter(({ label, predicted }) => label !== predicted);
  return {
    ...summaryOf(run, table),
    conclusion: confusionConclusion(confusion, (index) => labels?.[index] ?? `class ${index}`),
    classes: confusion.classes.map((index, position) => {
      const figures = confusion.oneVersusRest[position] as Confusion["oneVersusRest"][number];
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
