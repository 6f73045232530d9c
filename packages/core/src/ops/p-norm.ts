import type { Value } from "../graph/graph.js";
import { abs, div, equal, mul, pow, sign, where } from "../graph/math.js";

/**
 * The slope of a p-norm y = (sum |x|^p)^(1/p) by each of its numbers, as two factors: one of x, and one of the norm.
 *
 *   dy/dx = sign(x) |x|^(p - 1) y^(1 - p), 0 where all x are 0, as in PyTorch
 */
export const ofNumbers = (x: Value, p: number): Value =>
  p === 1 ? sign(x) : p === 2 ? x : mul(sign(x), pow(abs(x), p - 1));

/** The factor of the norm, times dy: dy y^(1 - p). */
export const ofNorm = (dy: Value, y: Value, p: number): Value =>
  p === 1 ? dy : where(equal(y, 0), 0, p === 2 ? div(dy, y) : mul(dy, pow(y, 1 - p)));
