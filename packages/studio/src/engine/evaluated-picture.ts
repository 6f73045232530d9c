import type { EvaluatedPicture } from "./engine.js";

/** What results say of a picture; see @limn/evaluate's `TableItem`. */
export interface ResultItem {
  readonly id: string;
  /** Classes that count as right. */
  readonly labels: readonly number[];
  /** The class that was measured, and its probability. */
  readonly target: number;
  readonly probability: number;
  readonly predicted: number;
  readonly confidence: number;
  readonly runnerUp?: number | undefined;
  readonly runnerUpConfidence?: number | undefined;
}

/** What stands between the name of an evaluation and the id of one of its pictures. */
export const OF = ": ";

/** A picture of an evaluation, as the page knows it. */
export const evaluatedPicture = (evaluation: string, item: ResultItem): EvaluatedPicture => ({
  name: `${evaluation}${OF}${item.id}`,
  truth: truthOf(item),
  predicted: item.predicted,
  confidence: item.confidence,
  truthProbability: truthProbabilityOf(item),
});

/** The class that a picture is of. Of several that count as right, the predicted one or else the first. */
const truthOf = ({ labels, predicted }: ResultItem): number | undefined =>
  labels.includes(predicted) ? predicted : labels[0];

/** What was measured of the true class. */
function truthProbabilityOf(item: ResultItem): number | undefined {
  const truth = truthOf(item);
  if (truth === item.predicted) return item.confidence;
  if (truth === item.target) return item.probability;
  return truth === item.runnerUp ? item.runnerUpConfidence : undefined;
}
