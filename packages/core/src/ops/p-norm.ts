import type { Value } from "../graph/graph.js";
import { abs, div, equal, mul, pow, sign, where } from "../graph/math.js";

/**
 * The slope of a p-norm y = (sum |x|^p)^(1/p) by each of its numbers, in two factors of which the second is the norm's:
 *
 *   dy/dx = sign(x) |x|^(p - 1) y^(1 - p), 0 where all x are 0, as in PyTorch
 */
export const ofNumbers = (x: Value, p: number): Value =>
  p === 1 ? sign(x) : p === 2 ? x : mul(sign(x), pow(abs(x), p - 1));

/** dy y^(1 - p) */
export const ofNorm = (dy: Value, y: Value, p: number): Value =>
  p === 1 ? dy : where(equal(y, 0), 0, p === 2 ? div(dy, y) : mul(dy, pow(y, 1 - p)));
