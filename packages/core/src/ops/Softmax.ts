import { max, mul, sub, sum } from "../graph/math.js";
import { normalizeAxis } from "../graph/shapes.js";
import { defineOperator } from "./operator.js";

/** As low as float32 goes. */
const LOWEST = -3.4028234663852886e38;

export const Softmax = defineOperator({
  inputs: ["x"],
  // dx = y (dy - sum(y dy)), the sum along the axis
  gradient: {
    x: ({ y, dy, at }) => mul(y, sub(dy, sum(mul(y, dy), [normalizeAxis(at.int("axis", -1), y.rank)]))),
  },
  // R_x = x dy/dx^T (R / y) = x (R - y sum R); where a mask hides x, at minus infinity, y and R are 0
  relevance: {
    expansion: ({ x, y, at }, R) =>
      mul(max(x, LOWEST), sub(R, mul(y, sum(R, [normalizeAxis(at.int("axis", -1), y.rank)])))),
  },
  layout: "keeps",
  sign: "non-negative",
  gate: "opens",
  numbers: "computed",
  scores: "softmax",
});
