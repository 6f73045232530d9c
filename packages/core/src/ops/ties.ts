import type { Value } from "../graph/graph.js";
import { cast, div, equal, mul } from "../graph/math.js";

/**
 * The gradient of a maximum or minimum y by one of the candidates x: all that are equal to y get equal shares, as in
 * PyTorch's `amax`, `maximum` and the like.
 *
 *   dx = t(x) dy / (sum of t over the candidates for y), t(x) = 1 where x = y, else 0
 *
 * @param x broadcasts to the shape of y, or y to the shape of x
 * @param total the sum over the candidates, given t
 */
export function shareAmongTies(x: Value, y: Value, dy: Value, total: (t: (x: Value) => Value) => Value): Value {
  const t = (candidate: Value) => cast(equal(candidate, y), dy.dtype ?? "float32");
  return mul(t(x), div(dy, total(t)));
}
