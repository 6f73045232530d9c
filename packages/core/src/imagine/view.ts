import type { Value } from "../graph/graph.js";
import { abs, add, cast, matmul, max, min, mul, relu, reshape, sub, transpose } from "../graph/math.js";

/**
 * A picture moved and magnified a little, so that only what is seen from everywhere can grow (Olah et al. 2017):
 * bilinear, the border repeated. Rows and columns are each a product with a matrix of hat functions,
 *
 *   V[i, j] = max(0, 1 - |clamp(zoom (i - c) + c + shift) - j|)      c = (n - 1) / 2
 *
 * so that gradients flow back through it as through any other product.
 * @param x [1, C, H, W]
 * @param shift [2], down and right, in pixels
 * @param zoom [1], below 1 to magnify
 */
export function viewed(x: Value, shift: Value, zoom: Value): Value {
  const [, , height, width] = x.dims as [number, number, number, number];
  const rows = hats(height, part(shift, 0), zoom);
  const columns = hats(width, part(shift, 1), zoom);
  return matmul(matmul(rows, x), transpose(columns, [1, 0]));
}

const part = (shift: Value, i: number): Value =>
  reshape(shift.graph.emit("Gather", [shift, shift.graph.ints([i])], { axis: 0 }), [1]);

/** [n, n], a row for every pixel of the view. */
function hats(n: number, shift: Value, zoom: Value): Value {
  const { graph } = shift;
  const range = graph.emit("Range", [
    graph.constant("int64", [], [0]),
    graph.constant("int64", [], [n]),
    graph.constant("int64", [], [1]),
  ]);
  const positions = reshape(cast(range, "float32"), [1, n]);
  const center = (n - 1) / 2;
  const seen = add(add(mul(sub(reshape(positions, [n, 1]), center), zoom), center), shift);
  return relu(sub(1, abs(sub(max(min(seen, n - 1), 0), positions))));
}
