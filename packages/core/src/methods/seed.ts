import type { Value } from "../graph/graph.js";
import { cast, less, where } from "../graph/math.js";
import type { Score } from "./method.js";

/**
 * The score of one class per image: a one-hot seed at `target`, where -1 stands for the class that the
 * model predicts.
 * @param logits [N, classes]
 * @param target int64 [N]
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
