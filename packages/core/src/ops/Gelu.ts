import type { Value } from "../graph/graph.js";
import { add, div, erf, exp, hardSigmoid, mul, square, sub, tanh } from "../graph/math.js";
import { pointwise } from "./pointwise.js";

export const Gelu = pointwise({
  dx: ({ x, dy, at }) => mul(dy, at.string("approximate", "none") === "tanh" ? tanhSlope(x) : exactSlope(x)),
  sign: "keeps",
  zero: "keeps",
});

/**
 * y = x Phi(x), dy/dx = Phi(x) + x phi(x), with the normal distribution Phi and its density phi. With u = x / sqrt(2), in as
 * few passes as there are:
 *
 *   Phi(x) = (1 + erf u) / 2      x phi(x) = u / (sqrt(pi) e^(u^2))
 */
function exactSlope(x: Value): Value {
  const u = mul(x, Math.SQRT1_2);
  return add(hardSigmoid(erf(u), 0.5, 0.5), mul(div(u, exp(square(u))), 1 / Math.sqrt(Math.PI)));
}

/**
 * y = x (1 + t) / 2 with t = tanh(u), u = sqrt(2/pi) (x + c x^3):
 * dy/dx = (1 + t) / 2 + x / 2 (1 - t^2) du/dx, du/dx = sqrt(2/pi) (1 + 3 c x^2)
 */
function tanhSlope(x: Value): Value {
  const c = 0.044715;
  const x2 = square(x);
  const u = mul(mul(x, add(mul(x2, c), 1)), Math.sqrt(2 / Math.PI));
  const du = mul(add(mul(x2, 3 * c), 1), Math.sqrt(2 / Math.PI));
  const t = tanh(u);
  return mul(add(add(t, 1), mul(mul(x, sub(1, square(t))), du)), 0.5);
}
