import { type ConfusionMatrix, confusionMatrix, type OneVersusRest, oneVersusRest } from "@limn/core";
import type { TableItem } from "./table.js";

/** Which classes were taken for which, counted over the pictures that have a label. */
export interface Confusion {
  /** The indices of all classes that are a label or a prediction, rising: the matrix counts them in this order. */
  readonly classes: readonly number[];
  readonly matrix: ConfusionMatrix;
  /** Each class against the rest, in the order of `classes`. */
  readonly oneVersusRest: readonly OneVersusRest[];
  readonly items: readonly LabeledItem[];
}

/** A picture with a label. */
export interface LabeledItem {
  /** Its row of the table. */
  readonly row: number;
  /** If several classes count as right: the predicted one if it is one of them, else the first. */
  readonly label: number;
  readonly predicted: number;
}

export function confusionOf(table: readonly TableItem[]): Confusion {
  const items = table.flatMap(({ labels, predicted }, row): LabeledItem[] => {
    const [first] = labels;
    return first === undefined ? [] : [{ row, label: labels.includes(predicted) ? predicted : first, predicted }];
  });
  const classes = [...new Set(items.flatMap(({ label, predicted }) => [label, predicted]))].sort((a, b) => a - b);
  const positions = new Map(classes.map((index, position) => [index, position]));
  const positionsOf = (which: "label" | "predicted") => items.map((item) => positions.get(item[which]) as number);
  const matrix = confusionMatrix(positionsOf("label"), positionsOf("predicted"), classes.length);
  return { classes, matrix, oneVersusRest: oneVersusRest(matrix), items };
}

/** A cell of the matrix that is not empty. */
export interface ConfusionCell {
  /** Classes of the model. */
  readonly label: number;
  readonly predicted: number;
  readonly count: number;
}

/** The cells that are not empty, row by row. */
export function cellsOf({ classes, matrix }: Confusion): ConfusionCell[] {
  return [...matrix.counts].flatMap((count, cell) => {
    const [label, predicted] = [Math.floor(cell / classes.length), cell % classes.length];
    return count === 0 ? [] : [{ label: classes[label] as number, predicted: classes[predicted] as number, count }];
  });
}

/** The cells off the diagonal, which are mistakes: the most frequent ones first. */
export const frequentMistakes = (cells: readonly ConfusionCell[]): ConfusionCell[] =>
  cells.filter(({ label, predicted }) => label !== predicted).sort((a, b) => b.count - a.count);
