import type { Value } from "../../graph/graph.js";
import { reshape } from "../../graph/math.js";
import { normalizeAxis } from "../../graph/shapes.js";
import { sizeOf } from "../../graph/tensor.js";
import { restate } from "../restate.js";
import { required, type Upgrade } from "./upgrade.js";

/**
 * Softmax, LogSoftmax and Hardmax before 13 saw a matrix: all axes before `axis` as rows, the others as columns. Since then
 * they run along one axis, which is the same if the axes after it have size 1.
 */
export const matrixSoftmax: Upgrade = (site) => {
  const { node, at, graph } = site;
  const x = required(site, 0);
  const axis = at.int("axis", 1);
  const alongOne = x.shape ? sizeOf(x.shape.slice(normalizeAxis(axis, x.shape.length) + 1)) === 1 : axis === -1;
  if (alongOne) return restate(node, [x], graph, { attributes: { axis } });
  const matrix = graph.emit("Flatten", [x], { axis });
  const [y] = restate(node, [matrix], graph, { attributes: { axis: -1 }, outputs: [matrix] });
  return y && shapedLike(y, x);
};

function shapedLike(y: Value, x: Value): Value {
  if (x.shape) return reshape(y, x.shape);
  return y.graph.emit("Reshape", [y, y.graph.emit("Shape", [x])], { allowzero: 1 });
}
