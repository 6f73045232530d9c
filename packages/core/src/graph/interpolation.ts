import type { Value } from "./graph.js";
import {
  abs,
  add,
  cast,
  div,
  greater,
  matmul,
  max,
  maximum,
  min,
  minimum,
  mul,
  relu,
  sub,
  transpose,
  unsqueeze,
  where,
} from "./math.js";

/** 0, 1 ... n - 1: float32 [n], in the graph of `like`. */
export function counted(like: Value, n: number): Value {
  const { graph } = like;
  const [start, end, step] = [0, n, 1].map((v) => graph.constant("int64", [], [v])) as [Value, Value, Value];
  return cast(graph.emit("Range", [start, end, step]), "float32");
}

/**
 * The matrix that reads a row of cells at positions between them, linearly; beyond the ends, it reads the first or last.
 *
 *   W[i, j] = max(0, 1 - |clamp(u_i, 0, n - 1) - j|)
 *
 * @param u positions in units of cells, [..., m]; 0 is the center of the first one
 * @param n number of cells
 * @returns [..., m, n]
 */
export const hats = (u: Value, n: number): Value =>
  relu(sub(1, abs(sub(unsqueeze(max(min(u, n - 1), 0), [u.rank]), counted(u, n)))));

/**
 * Reads grids at positions between their cells, bilinearly.
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

/**
 * Enlarges (or shrinks) grids bilinearly. By default the grid covers the area of the picture, so that the centers of cells
 * lie at (j + 1/2) W / w.
 * @param alignCorners whether the centers of the first and last cells lie on those of the first and last pixels instead
 * @param grids [..., h, w]
 * @returns [..., H, W]
 */
export function magnified(grids: Value, [height, width]: readonly [number, number], alignCorners = false): Value {
  const [h, w] = grids.dims.slice(-2) as [number, number];
  if (h === height && w === width) return grids;
  const matrix = (size: number, cells: number) => {
    const i = counted(grids, size);
    if (alignCorners) return hats(mul(i, size > 1 ? (cells - 1) / (size - 1) : 0), cells);
    return hats(sub(mul(add(i, 0.5), cells / size), 0.5), cells);
  };
  return interpolated(grids, matrix(height, h), matrix(width, w));
}

/** About the smallest float32 whose reciprocal is finite. */
const SMALLEST_EXTENT = 2 ** -126;

/** (x - min) / (max - min) over the last two axes, and 0 if all values are the same. @param grids [..., h, w] */
export function toUnitRange(grids: Value): Value {
  const plane = [grids.rank - 2, grids.rank - 1];
  const low = minimum(grids, plane);
  const extent = sub(maximum(grids, plane), low);
  return mul(sub(grids, low), where(greater(extent, 0), div(1, max(extent, SMALLEST_EXTENT)), 0));
}
