import type { Value } from "../graph/graph.js";
import { counted, hats, interpolated } from "../graph/interpolation.js";
import { add, mul, reshape, sub } from "../graph/math.js";

/**
 * A picture moved and magnified a little, so that only structures grow that don't depend on the view (Olah et al. 2017):
 * bilinear, with the border repeated. Rows and columns are each a product with a matrix of hat functions,
 *
 *   V[i, j] = max(0, 1 - |clamp(zoom (i - c) + c + shift) - j|)      c = (n - 1) / 2
 *
 * so that gradients pass back through it as through any other product.
 * @param x [1, C, H, W]
 * @param shift [2], down and right, in pixels
 * @param zoom [1], below 1 to magnify
 */
export function viewed(x: Value, shift: Value, zoom: Value): Value {
  const [, , height, width] = x.dims as [number, number, number, number];
  return interpolated(x, rowsSeen(height, part(shift, 0), zoom), rowsSeen(width, part(shift, 1), zoom));
}

const part = (shift: Value, i: number): Value =>
  reshape(shift.graph.emit("Gather", [shift, shift.graph.ints([i])], { axis: 0 }), [1]);

/** [n, n], a row for every pixel of the view. */
function rowsSeen(n: number, shift: Value, zoom: Value): Value {
  const center = (n - 1) / 2;
  return hats(add(add(mul(sub(counted(shift, n), center), zoom), center), shift), n);
}
