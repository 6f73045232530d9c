import { constantNumbers, type Graph, type Value } from "../../graph/graph.js";
import { concat, expand, matmul, reshape, transpose } from "../../graph/math.js";
import { required } from "../upgrade-opset/upgrade.js";
import type { TakeApart } from "./part.js";

/**
 * AffineGrid: where each position of a picture, or a volume, comes from. The last axis comes first, and ends are at -1 and 1.
 *
 *   grid = theta [x, y, 1]
 */
export const affineGrid: TakeApart = (site) => {
  const { node, at, graph } = site;
  const theta = required(site, 0);
  const [, , ...sizes] = constantNumbers(required(site, 1), "size", node.label);
  const corners = at.int("align_corners", 0) === 1;
  const coordinates = sizes.map((size, axis) => {
    const along = sizes.map((_, i) => (i === axis ? size : 1));
    return expand(reshape(placesOf(graph, size, corners), [...along, 1]), [...sizes, 1]);
  });
  const ones = expand(graph.constant("float32", [1], [1]), [...sizes, 1]);
  const homogeneous = reshape(concat([...coordinates.reverse(), ones], -1), [1, -1, sizes.length + 1]);
  const grid = matmul(homogeneous, transpose(theta, [0, 2, 1]));
  return reshape(grid, [theta.dims[0] as number, ...sizes, sizes.length]);
};

/** From -1 to 1: the ends are the centers of the first and last element, or their outer edges. */
function placesOf(graph: Graph, size: number, corners: boolean): Value {
  const place = (i: number) => (corners ? (2 * i) / Math.max(1, size - 1) : (2 * i + 1) / size) - 1;
  return graph.constant(
    "float32",
    [size],
    Array.from({ length: size }, (_, i) => place(i)),
  );
}
