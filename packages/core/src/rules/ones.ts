import type { Value } from "../graph/graph.js";
import { expand, scalar } from "../graph/math.js";

/** A constant 1 in the shape of x. */
export const onesLike = (x: Value): Value => expand(scalar(1, x), x.dims);
