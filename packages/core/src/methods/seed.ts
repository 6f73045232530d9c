import { LimnError } from "../error.js";
import type { Value } from "../graph/graph.js";
import { cast, div, less, mul, softmax, sub, sum, where } from "../graph/math.js";
import type { Score } from "./method.js";

/**
 * The score of one class per image: a one-hot seed at the target.
 * @param logits [N, classes]
 * @param target int64 [N]; -1 stands for the class that the model predicts
 */
export function classScore(logits: Value, target: Value): Score {
  const { graph } = logits;
  const classes = logits.dims[1] as number;
  const dtype = logits.dtype ?? "float32";
  return graph.within("seed", () => {
    const predicted = graph.emit("ArgMax", [logits], { axis: 1, keepdims: 0 });
    const chosen = where(less(target, 0), predicted, target);
    const depth = graph.constant("int64", [], [classes]);
    const seed = graph.emit("OneHot", [chosen, depth, graph.constant("float32", [2], [0, 1])], { axis: -1 });
    return { logits, seed: cast(seed, dtype), target: chosen };
  });
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
 * The relevance of the logits that propagation starts from; see `RELEVANCE_SEEDS`.
 * @returns [N, classes]
 * @throws LimnError `not-applicable` if a contrastive seed has no other class
 */
export function relevanceSeed({ logits, seed }: Score, kind: RelevanceSeed): Value {
  return logits.graph.within("seed", () => {
    switch (kind) {
      case "logit":
        return mul(seed, logits);
      case "one-hot":
        return seed;
      case "contrastive":
        return contrast(seed);
      case "contrastive-logit":
        return mul(contrast(seed), sum(mul(seed, logits), [1]));
      case "softmax-gradient": {
        const p = softmax(logits, 1);
        return mul(sub(seed, p), sum(mul(seed, p), [1]));
      }
    }
  });
}

/** seed - (1 - seed) / (N - 1) */
function contrast(seed: Value): Value {
  const others = (seed.dims[1] as number) - 1;
  if (others > 0) return sub(seed, div(sub(1, seed), others));
  throw new LimnError("not-applicable", "a contrastive seed needs two classes or more; choose the seed one-hot");
}
