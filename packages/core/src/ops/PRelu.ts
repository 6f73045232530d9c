import { greater, mul, where } from "../graph/math.js";
import { defineOperator, pass, plain } from "./operator.js";

export const PRelu = defineOperator({
  inputs: ["x", "slope"],
  // y = x where x > 0, else slope x
  gradient: {
    x: ({ x, slope, dy }) => where(greater(x, 0), dy, mul(dy, slope)),
    slope: ({ x, dy }) => where(greater(x, 0), 0, mul(dy, x)),
  },
  relevance: pass,
  layout: "keeps",
  sign: "keeps",
  zero: "keeps",
  ...plain,
});
