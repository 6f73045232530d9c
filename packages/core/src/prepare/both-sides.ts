import type { Value } from "../graph/graph.js";
import { concat, neg } from "../graph/math.js";
import { throughLastLayer } from "./last-layer.js";

/**
 * The network of two classes that a network of one logit stands for: y for the class that it speaks for, -y for the other.
 * @param y one number for each image, in any shape
 * @param side the class that y speaks for
 * @returns [N, 2]; sigmoid makes probabilities of it that sum to 1
 */
export const bothSides = (y: Value, batch: number, side: 0 | 1): Value =>
  throughLastLayer(y, batch, (x, axis) => concat(side === 1 ? [neg(x), x] : [x, neg(x)], axis));
