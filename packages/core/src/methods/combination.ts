import { gradientFrom } from "../backward.js";
import { type Classifier, probabilitiesOf } from "../classifier.js";
import { LimnError } from "../error.js";
import type { Value } from "../graph/graph.js";
import { add, cast, log, max, mul, neg, softplus, sub, sum } from "../graph/math.js";
import type { Combination, Score } from "./method.js";
import { oneHot } from "./seed.js";

/** What is to be known about a classifier's outputs to explain combinations of them. */
export type Endings = Pick<Classifier, "classes" | "scoreFunction" | "ending" | "hasProbabilities">;

/**
 * The score of a combination: a weighted sum of logits y, of probabilities p, or of both. Its seed is the derivative.
 *
 *   against       sum_k w_k y_k                  w = -e_c
 *   difference    sum_k w_k y_k                  w = e_a - e_b
 *   rest          sum_k w_k (y_k + log p_k)      w = e_c
 *   probability   sum_k w_k p_k                  w = e_c
 *
 * @param logits [N, width]
 * @throws LimnError `bad-option` for a class that is not there, `not-applicable` for probabilities of a model without
 */
export function combinedScore(logits: Value, combination: Combination, endings: Endings): Score {
  checkCombination(combination, endings);
  const { kind, of } = combination;
  return logits.graph.within("seed", () => {
    const { seed: own, target } = oneHot(logits, of, endings);
    const weights =
      kind === "against"
        ? neg(own)
        : kind === "difference"
          ? sub(own, oneHot(logits, combination.other, endings).seed)
          : own;
    return { ...weightedScore(logits, weights, combination, endings), target };
  });
}

/**
 * The same, by the weights of the classes.
 * @param weights [N, width]
 * @param combination undefined for the logit of a single class
 */
export function weightedScore(
  logits: Value,
  weights: Value,
  combination: Combination | undefined,
  endings: Endings,
): Omit<Score, "target"> {
  if (!combination) return { logits, seed: weights };
  const seed = gradientFrom(weighed(logits, combination, endings), weights, "gradient", "seed").at(logits);
  return { logits, seed, combination, weights };
}

/** What is explained, as a number: float32 [N]. */
export function scoreValue(
  { logits, seed, weights = seed, combination }: Omit<Score, "target">,
  endings: Endings,
): Value {
  return weightedSum(weighed(logits, combination, endings), weights);
}

/**
 * The same sum of probabilities, for measures and methods that look at these: float32 [N].
 *
 *   p_c      against: 1 - p_c      difference: p_a - p_b      rest: y_c + log p_c, since it has none
 */
export function scoreProbability(score: Omit<Score, "target">, endings: Endings): Value {
  const { logits, seed, weights = seed, combination } = score;
  if (combination?.kind === "rest") return scoreValue(score, endings);
  const p = weightedSum(probabilitiesOf(logits, endings), weights);
  return combination?.kind === "against" ? add(p, 1) : p;
}

const weightedSum = (x: Value, w: Value): Value => sum(mul(cast(x, "float32"), cast(w, "float32")), [1], false);

/** What the weights belong to, [N, width]. */
function weighed(logits: Value, combination: Combination | undefined, endings: Endings): Value {
  if (combination?.kind === "probability") return probabilitiesOf(logits, endings);
  return combination?.kind === "rest" ? add(logits, logProbabilitiesOf(logits, endings)) : logits;
}

/** Keeps logarithms of probabilities that round to 0 finite. */
const SMALLEST_PROBABILITY = 1e-37;

/** log p, exact for softmax and sigmoid even if p rounds to 0. */
function logProbabilitiesOf(y: Value, endings: Endings): Value {
  if (!endings.ending && endings.scoreFunction === "softmax") return y.graph.emit("LogSoftmax", [y], { axis: 1 });
  // log(1 / (1 + exp(-y))) = -log(1 + exp(-y))
  if (!endings.ending && endings.scoreFunction === "sigmoid") return neg(softplus(neg(y)));
  return log(max(probabilitiesOf(y, endings), SMALLEST_PROBABILITY));
}

function checkCombination(combination: Combination, { classes, hasProbabilities }: Endings): void {
  const { kind, of } = combination;
  for (const index of kind === "difference" ? [of, combination.other] : [of]) {
    if (Number.isInteger(index) && index >= -1 && index < classes) continue;
    throw new LimnError(
      "bad-option",
      `target ${index}: the model has ${classes} classes, 0 to ${classes - 1} (-1 stands for the predicted one)`,
    );
  }
  if (kind === "difference" && of >= 0 && of === combination.other) {
    throw new LimnError("bad-option", `target ${of} - ${of}: this is 0 for every image; give two different classes`);
  }
  if ((kind === "rest" || kind === "probability") && !hasProbabilities) {
    throw new LimnError(
      "not-applicable",
      `the model gives values and no probabilities, so "${kind === "rest" ? "rest" : "prob"}" has nothing to explain; explain the value itself by its index (0), or what lowers it ("- 0")`,
    );
  }
}
