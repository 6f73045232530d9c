import type { Value } from "./graph.js";
import { abs, cast, matmul, max, min, relu, sub, transpose, unsqueeze } from "./math.js";

/** 0, 1 ... n - 1: float32 [n]. */
export function counted(like: Value, n: number): Value {
  const { graph } = like;
  const [start, end, step] = [0, n, 1].map((v) => graph.constant("int64", [], [v])) as [Value, Value, Value];
  return cast(graph.emit("Range", [start, end, step]), "float32");
}

/**
 * The matrix that reads between the cells of a row, linearly; beyond the first and last, these.
 *
 *   W[i, j] = max(0, 1 - |clamp(u_i, 0, n - 1) - j|)
 *
 * @param u positions in cells, 0 being the first one's center, [..., m]
 * @returns [..., m, n]
 */
export const hats = (u: Value, n: number): Value =>
  relu(sub(1, abs(sub(unsqueeze(max(min(u, n - 1), 0), [u.rank]), counted(u, n)))));

/**
 * Reads between the cells of grids, bilinearly.
 * @param grids [..., h, w]
 * @param rows the matrix of `hats` for the rows, [..., H, h]
 * @param columns the same for the columns, [..., W, w]
 * @returns [..., H, W]
 */
export function interpolated(grids: Value, rows: Value, columns: Value): Value {
  const last = columns.rank - 1;
  const swapped = columns.dims.map((_, i) => (i === last ? last - 1 : i === last - 1 ? last : i));
  return matmul(matmul(rows, grids), transpose(columns, swapped));
}
