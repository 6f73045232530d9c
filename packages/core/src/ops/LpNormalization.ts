import { abs, div, equal, mul, sqrt, square, sub, sum, where } from "../graph/math.js";
import { normalizeAxis } from "../graph/shapes.js";
import { defineOperator, pass, plain } from "./operator.js";
import { ofNorm, ofNumbers } from "./p-norm.js";

export const LpNormalization = defineOperator({
  inputs: ["x"],
  // y = x / n, n = (sum |x|^p)^(1/p) along the axis, p = 1 or 2  =>  dx = (dy - dn/dx sum(dy y)) / n; 0 where n = 0
  gradient: {
    x: ({ x, y, dy, at }) => {
      const p = at.int("p", 2);
      const axes = [normalizeAxis(at.int("axis", -1), x.rank)];
      const n = p === 1 ? sum(abs(x), axes) : sqrt(sum(square(x), axes));
      const dn = ofNorm(sum(mul(dy, y), axes), n, p);
      return where(equal(n, 0), 0, div(sub(dy, mul(ofNumbers(x, p), dn)), n));
    },
  },
  relevance: pass,
  layout: "keeps",
  sign: "keeps",
  zero: "keeps",
  ...plain,
});
