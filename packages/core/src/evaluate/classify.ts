import type { Classifier } from "../classifier.js";
import type { Value } from "../graph/graph.js";
import { cast, concat, slice } from "../graph/math.js";
import { graft } from "../graph/rewrite.js";
import { combinedScore, scoreProbability, scoreValue } from "../methods/combination.js";
import type { Combination } from "../methods/method.js";
import { classScore } from "../methods/seed.js";

/**
 * Writes the classifier into the graph of pictures, in as many copies as it takes to classify all of them.
 * @param pictures [N, ...], N a multiple of the classifier's batch
 * @param target the class of each, int64 [N]; -1 for the predicted one
 * @param combination what is explained, if it is not a class
 * @returns what measures look at: the probability of the class, or the value of the combination; [N]
 */
export function measuredScore(
  pictures: Value,
  target: Value,
  classifier: Classifier,
  combination?: Combination,
): Value {
  const [count = 0] = pictures.dims;
  const [batch = 1] = classifier.image.dims;
  if (count % batch !== 0) throw new Error(`${count} pictures for a classifier of ${batch}`);
  const parts = Array.from({ length: count / batch }, (_, i) => {
    const part = (value: Value) =>
      count === batch ? value : slice(value, [{ axis: 0, start: i * batch, end: (i + 1) * batch }]);
    const image = cast(part(pictures), classifier.image.dtype ?? "float32");
    const logits = graft(
      classifier.logits,
      new Map([[classifier.image, image]]),
      pictures.graph,
      count === batch ? "model" : `model${i}`,
    );
    return combination
      ? scoreValue(combinedScore(logits, combination, classifier), classifier)
      : scoreProbability(classScore(logits, part(target)), classifier);
  });
  return concat(parts, 0);
}
