import { LimnError } from "../error.js";
import type { Value } from "../graph/graph.js";
import { cast, mul, softmax, sub } from "../graph/math.js";
import type { Combination, Score } from "./method.js";

/**
 * The score of a combination, by the weight that each logit has in it: its derivative.
 * @param logits [N, classes]
 * @throws LimnError `bad-option` for a class that is not there, `not-applicable` for `rest` of a single logit
 */
export function combinedScore(logits: Value, combination: Combination): Score {
  const { graph } = logits;
  const [batch = 1, classes = 1] = logits.dims;
  const dtype = logits.dtype ?? "float32";
  const { kind, of } = combination;
  for (const index of kind === "difference" ? [of, combination.other] : [of]) {
    if (Number.isInteger(index) && index >= 0 && index < classes) continue;
    throw new LimnError("bad-option", `target ${index}: the model has ${classes} classes, 0 to ${classes - 1}`);
  }
  return graph.within("seed", () => {
    const weights = new Array<number>(classes).fill(0);
    weights[of] = { against: -1, difference: 1, rest: 2 }[kind];
    if (kind === "difference") weights[combination.other] = (weights[combination.other] as number) - 1;
    const repeated = Array.from({ length: batch }, () => weights).flat();
    const constant = cast(graph.constant("float32", [batch, classes], repeated), dtype);
    // d (y_c + log p_c) / dy = 2 e_c - p
    const seed = kind === "rest" ? sub(constant, softmax(logits, 1)) : mul(constant, 1);
    const target = graph.constant("int64", [batch], new Array<number>(batch).fill(of));
    return { logits, seed, target, combination };
  });
}
