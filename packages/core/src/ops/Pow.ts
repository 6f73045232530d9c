import type { Value } from "../graph/graph.js";
import { cast, div, equal, log, mul, neg, pow, square, sub, where } from "../graph/math.js";
import { numbersOf } from "../graph/tensor.js";
import { defineOperator, pass, plain } from "./operator.js";

export const Pow = defineOperator({
  inputs: ["a", "b"],
  // d(a^b) = b a^(b - 1) da + y log(a) db
  gradient: {
    a: ({ a, b, y, dy }) => {
      switch (singleConstant(b)) {
        // products and quotients are cheaper than a power
        case -1:
          return neg(mul(dy, square(y)));
        case 0.5:
          return div(dy, mul(y, 2));
        case 1:
          return dy;
        case 2:
          return mul(dy, mul(a, 2));
        case 3:
          return mul(dy, mul(square(a), 3));
      }
      // an exponent may be of another type than its base
      const n = cast(b, a.dtype ?? "float32");
      const slope = mul(n, pow(a, sub(n, 1)));
      // a^0 is constant, also at 0, where 0 * 0^-1 is not a number
      return mul(dy, where(equal(n, 0), 0, slope));
    },
    // 0^b is constant for b > 0, but log(0) is infinite
    b: ({ a, y, dy }) => mul(dy, where(equal(a, 0), 0, mul(y, log(a)))),
  },
  relevance: pass,
  layout: "keeps",
  sign: "keeps",
  zero: "any",
  ...plain,
});

/** The exponent if it is a single stored number. */
function singleConstant(exponent: Value): number | undefined {
  const numbers = exponent.initializer && numbersOf(exponent.initializer);
  return numbers?.length === 1 ? numbers[0] : undefined;
}
