import type { Value } from "../graph/graph.js";
import { cast, div, equal, where } from "../graph/math.js";

/**
 * The gradient of a maximum or minimum y by one of the candidates x: all that are equal to y take equal
 * shares, as in PyTorch's `amax`, `maximum` and their twins.
 *
 *   dx = dy / (number of candidates equal to y) where x = y, else 0
 *
 * @param x broadcasts to the shape of y, or y to the shape of x
 * @param total sums, over the candidates of each y, the 1 where one is equal to it
 */
export function shareAmongTies(x: Value, y: Value, dy: Value, total: (ties: (x: Value) => Value) => Value): Value {
  const ties = (candidate: Value) => cast(equal(candidate, y), dy.dtype ?? "float32");
  return where(equal(x, y), div(dy, total(ties)), 0);
}
