import { div, scalar } from "../graph/math.js";
import { defineOperator, pass } from "./operator.js";

export const DynamicQuantizeLinear = defineOperator({
  inputs: ["x"],
  everyOutput: true,
  // y = round(x / scale) + zero_point, from a range that holds all of x: dx = dy / scale, the range held constant
  gradient: {
    x: ({ x, ys: [, scale], dys: [dy] }) => (dy && scale ? div(dy, scale) : scalar(0, x)),
  },
  relevance: pass,
  layout: "copies",
  sign: "any",
  zero: "keeps",
  // its scale, by which products are multiplied again, is none of the signal
  gate: "opens",
  numbers: "quantized",
});
