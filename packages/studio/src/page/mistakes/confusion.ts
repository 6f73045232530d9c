import type { EvaluatedPicture } from "../../engine/engine.js";

/** How a picture counts for a class: whether it is of the class, and whether it is called so. */
export const OUTCOMES = ["TP", "FP", "FN", "TN"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Some of the pictures of an evaluation. */
export type Group =
  | { readonly kind: "mistakes" }
  /** A cell of the matrix: of one class, and called another, or the same. */
  | { readonly kind: "cell"; readonly truth: number; readonly predicted: number }
  | { readonly kind: "class"; readonly target: number; readonly outcome: Outcome };

/** Whether a picture is called what it is; one without a label is neither right nor a mistake. */
export const isMistake = ({ truth, predicted }: EvaluatedPicture): boolean =>
  truth !== undefined && truth !== predicted;

/** @returns undefined for a picture without a label, which can't be told apart */
export function outcomeOf({ truth, predicted }: EvaluatedPicture, target: number): Outcome | undefined {
  if (truth === undefined) return undefined;
  if (predicted === target) return truth === target ? "TP" : "FP";
  return truth === target ? "FN" : "TN";
}

/** The pictures of a group, those first that the model is most confident of. */
export function picturesOf(items: readonly EvaluatedPicture[], group: Group): EvaluatedPicture[] {
  const belongs = (item: EvaluatedPicture): boolean => {
    if (group.kind === "mistakes") return isMistake(item);
    if (group.kind === "cell") return item.truth === group.truth && item.predicted === group.predicted;
    return outcomeOf(item, group.target) === group.outcome;
  };
  return items.filter(belongs).sort((a, b) => b.confidence - a.confidence);
}

/** How many pictures a class has of each outcome. */
export function outcomesOf(items: readonly EvaluatedPicture[], target: number): Record<Outcome, number> {
  const counts = { TP: 0, FP: 0, FN: 0, TN: 0 };
  for (const item of items) {
    const outcome = outcomeOf(item, target);
    if (outcome) counts[outcome]++;
  }
  return counts;
}

export interface Matrix {
  /** Class indices, in rising order. */
  readonly classes: readonly number[];
  /** How many classes take part in all, of which those with most mistakes are shown. */
  readonly all: number;
  /** By true class, then predicted class: how many pictures. */
  readonly counts: readonly (readonly number[])[];
}

/**
 * The confusion matrix of the classes that occur. Of many, those that take part in most mistakes.
 * @param most how many classes are shown
 */
export function matrixOf(items: readonly EvaluatedPicture[], most: number): Matrix {
  const mistakes = new Map<number, number>();
  for (const item of items) {
    if (item.truth === undefined) continue;
    for (const target of [item.truth, item.predicted])
      mistakes.set(target, (mistakes.get(target) ?? 0) + (isMistake(item) ? 1 : 0));
  }
  const classes = [...mistakes]
    .sort(([a, some], [b, others]) => others - some || a - b)
    .slice(0, most)
    .map(([target]) => target)
    .sort((a, b) => a - b);
  const place = new Map(classes.map((target, i) => [target, i]));
  const counts = classes.map(() => classes.map(() => 0));
  for (const { truth, predicted } of items) {
    const row = counts[truth === undefined ? -1 : (place.get(truth) ?? -1)];
    const column = place.get(predicted);
    if (row && column !== undefined) row[column] = (row[column] as number) + 1;
  }
  return { classes, all: mistakes.size, counts };
}
