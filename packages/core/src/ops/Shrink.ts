import { greater, less, masked, or } from "../graph/math.js";
import { pointwise } from "./pointwise.js";

export const Shrink = pointwise({
  // y = x + bias where x < -lambd, x - bias where x > lambd, else 0: dx = dy where x is outside of [-lambd, lambd]
  dx: ({ x, dy, at }) => {
    const lambd = at.float("lambd", 0.5);
    return masked(dy, or(less(x, -lambd), greater(x, lambd)));
  },
  sign: ({ at }) => (at.float("lambd", 0.5) >= Math.max(0, at.float("bias", 0)) ? "keeps" : "any"),
  zero: ({ at }) => (at.float("lambd", 0.5) >= 0 ? "keeps" : "any"),
});
