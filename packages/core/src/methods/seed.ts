import { type Classifier, probabilitiesOf } from "../classifier.js";
import { LimnError } from "../error.js";
import type { Value } from "../graph/graph.js";
import { cast, div, less, mul, softmax, sub, sum, where } from "../graph/math.js";
import type { Score } from "./method.js";

/** What is to be known about a classifier's outputs to tell which class it predicts. */
export type Ranking = Pick<Classifier, "scoreFunction" | "ending">;

/**
 * The score of one class per image: a one-hot seed at the target.
 * @param logits [N, width]
 * @param target int64 [N]; -1 stands for the class that the model predicts
 * @param ranking the classifier that the logits are of; without it, the largest logit tells what is predicted
 */
export function classScore(logits: Value, target: Value, ranking?: Ranking): Score {
  return logits.graph.within("seed", () => {
    const chosen = where(less(target, 0), predictedOf(logits, ranking), target);
    return { logits, seed: oneHotOf(logits, chosen), target: chosen };
  });
}

/** The same for one class in all images. @param index -1 stands for the class that the model predicts of each */
export function oneHot(logits: Value, index: number, ranking?: Ranking): Score {
  const { graph } = logits;
  const [batch = 1] = logits.dims;
  const given = () => graph.constant("int64", [batch], new Array<number>(batch).fill(index));
  const target = index < 0 ? predictedOf(logits, ranking) : given();
  return { logits, seed: oneHotOf(logits, target), target };
}

/** The most probable class of each image, the first of equal ones: int64 [N]. @param logits [N, width] */
export function predictedOf(logits: Value, ranking?: Ranking): Value {
  const scores = ranking?.ending?.ranks ? probabilitiesOf(logits, ranking) : logits;
  return logits.graph.emit("ArgMax", [scores], { axis: 1, keepdims: 0 });
}

function oneHotOf(logits: Value, target: Value): Value {
  const { graph } = logits;
  const depth = graph.constant("int64", [], [logits.dims[1] as number]);
  const seed = graph.emit("OneHot", [target, depth, graph.constant("float32", [2], [0, 1])], { axis: -1 });
  return cast(seed, logits.dtype ?? "float32");
}

/**
 * Relevance that propagation starts from, by name.
 *
 *   logit               y_c at the target, 0 elsewhere: the relevances of the input sum to the logit (Bach et al. 2015)
 *   one-hot             1 at the target, 0 elsewhere
 *   contrastive         1 at the target, -1 / (N - 1) elsewhere: sums to 0 (Gu et al. 2018, Lee et al. 2021)
 *   contrastive-logit   y_c at the target, -y_c / (N - 1) elsewhere
 *   softmax-gradient    p_c (1 - p_c) at the target, -p_c p_n elsewhere (Iwana et al. 2019, SGLRP)
 */
export const RELEVANCE_SEEDS = ["logit", "one-hot", "contrastive", "contrastive-logit", "softmax-gradient"] as const;

/** A name of `RELEVANCE_SEEDS`. */
export type RelevanceSeed = (typeof RELEVANCE_SEEDS)[number];

/**
 * The relevance of the logits that propagation starts from; see `RELEVANCE_SEEDS`. A combination's is the same sum of the
 * seeds of classes as its derivative is of their logits.
 * @returns [N, classes]
 * @throws LimnError `not-applicable` if a contrastive seed has no other class
 */
export function relevanceSeed({ logits, seed: w }: Score, kind: RelevanceSeed): Value {
  return logits.graph.within("seed", () => {
    switch (kind) {
      case "logit":
        return mul(w, logits);
      case "one-hot":
        return w;
      case "contrastive":
        return contrast(w);
      case "contrastive-logit":
        return contrast(mul(w, logits));
      case "softmax-gradient": {
        const p = softmax(logits, 1);
        const weighted = mul(w, p);
        return sub(weighted, mul(p, sum(weighted, [1])));
      }
    }
  });
}

/** sum_c w_c (e_c - (1 - e_c) / (N - 1)) = w - (sum w - w) / (N - 1) */
function contrast(w: Value): Value {
  const others = (w.dims[1] as number) - 1;
  if (others > 0) return sub(w, div(sub(sum(w, [1]), w), others));
  throw new LimnError("not-applicable", "a contrastive seed needs two classes or more; choose the seed one-hot");
}
