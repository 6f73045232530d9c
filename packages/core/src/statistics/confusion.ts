import { LimnError } from "../error.js";

/** How often each class was predicted for items of each class. */
export interface ConfusionMatrix {
  readonly classes: number;
  /** Counts [classes, classes]: a row for each label, a column for each prediction. */
  readonly counts: Uint32Array;
}

/** One class against all others. */
export interface OneVersusRest {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
  /** TP / (TP + FP), 0 to 1; NaN if the class was never predicted. */
  readonly precision: number;
  /** TP / (TP + FN), 0 to 1; NaN if no item has the label. */
  readonly recall: number;
}

/**
 * Counts labels and predictions.
 * @param labels the class index of each item
 * @param predictions the class index that was predicted for each item
 * @param classes how many classes there are
 * @throws LimnError `bad-input` for an index that is not that of a class, or lists of unequal length
 */
export function confusionMatrix(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  classes: number,
): ConfusionMatrix {
  if (labels.length !== predictions.length) {
    throw new LimnError(
      "bad-input",
      `there are ${labels.length} labels but ${predictions.length} predictions; give one of each for every item`,
    );
  }
  const counts = new Uint32Array(classes * classes);
  for (let i = 0; i < labels.length; i++) {
    const label = classAt(labels, i, classes, "label");
    const prediction = classAt(predictions, i, classes, "prediction");
    const cell = label * classes + prediction;
    counts[cell] = (counts[cell] as number) + 1;
  }
  return { classes, counts };
}

function classAt(indices: ArrayLike<number>, i: number, classes: number, what: string): number {
  const index = indices[i] as number;
  if (Number.isInteger(index) && index >= 0 && index < classes) return index;
  throw new LimnError("bad-input", `the ${what} of item ${i} is ${index}; give an index from 0 to ${classes - 1}`);
}

/** Every class against all others, in order. */
export function oneVersusRest({ classes, counts }: ConfusionMatrix): OneVersusRest[] {
  const labeled = new Float64Array(classes);
  const predicted = new Float64Array(classes);
  let items = 0;
  counts.forEach((count, cell) => {
    const [label, prediction] = [Math.floor(cell / classes), cell % classes];
    labeled[label] = (labeled[label] as number) + count;
    predicted[prediction] = (predicted[prediction] as number) + count;
    items += count;
  });
  return Array.from({ length: classes }, (_, c) => {
    const truePositives = counts[c * classes + c] as number;
    const [withLabel, withPrediction] = [labeled[c] as number, predicted[c] as number];
    return {
      truePositives,
      falsePositives: withPrediction - truePositives,
      falseNegatives: withLabel - truePositives,
      trueNegatives: items - withLabel - withPrediction + truePositives,
      precision: truePositives / withPrediction,
      recall: truePositives / withLabel,
    };
  });
}
