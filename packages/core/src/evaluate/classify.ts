import type { Classifier } from "../classifier.js";
import type { Value } from "../graph/graph.js";
import { cast, concat, equal, slice } from "../graph/math.js";
import { graft } from "../graph/rewrite.js";
import { combinedScore, scoreProbability, scoreValue } from "../methods/combination.js";
import type { Combination } from "../methods/method.js";
import { classScore, predictedOf } from "../methods/seed.js";

/**
 * Writes the classifier into the graph of pictures, in as many copies as it takes to classify all of them.
 * @param pictures [N, ...], N a multiple of the classifier's batch
 * @returns their logits: [N, width]
 */
export function classified(pictures: Value, classifier: Classifier): Value {
  const [count = 0] = pictures.dims;
  const [batch = 1] = classifier.image.dims;
  if (count % batch !== 0) throw new Error(`${count} pictures for a classifier of ${batch}`);
  const parts = Array.from({ length: count / batch }, (_, i) => {
    const part = count === batch ? pictures : slice(pictures, [{ axis: 0, start: i * batch, end: (i + 1) * batch }]);
    const image = cast(part, classifier.image.dtype ?? "float32");
    const copies = new Map([[classifier.image, image]]);
    return graft(classifier.logits, copies, pictures.graph, count === batch ? "model" : `model${i}`);
  });
  return concat(parts, 0);
}

/**
 * What measures look at: the probability of the class, or the value of the combination; [N].
 * @param logits [N, width]
 * @param target the class of each, int64 [N]; -1 for the predicted one
 * @param combination what is explained, if it is not a class
 */
export const measuredScore = (
  logits: Value,
  target: Value,
  classifier: Classifier,
  combination?: Combination,
): Value =>
  combination
    ? scoreValue(combinedScore(logits, combination, classifier), classifier)
    : scoreProbability(classScore(logits, target, classifier), classifier);

/** Whether the class is the most probable one, the first of equal ones: float32 [N], 1 or 0. @param target int64 [N] */
export const isPredicted = (logits: Value, target: Value, classifier: Classifier): Value =>
  cast(equal(predictedOf(logits, classifier), target), "float32");
