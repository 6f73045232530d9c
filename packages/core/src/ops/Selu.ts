import { add, greater, mul, where } from "../graph/math.js";
import { pointwise } from "./pointwise.js";

export const Selu = pointwise({
  // y = gamma x where x > 0, else gamma alpha (exp(x) - 1), whose slope gamma alpha exp(x) is y + gamma alpha
  dx: ({ x, y, dy, at }) => {
    const alpha = at.float("alpha", ALPHA);
    const gamma = at.float("gamma", GAMMA);
    return mul(dy, where(greater(x, 0), gamma, add(y, gamma * alpha)));
  },
  sign: "keeps",
  zero: "keeps",
});

// The fixed point of Klambauer et al. 2017, in the digits that ONNX gives as defaults.
const ALPHA = 1.6732632423543772;
const GAMMA = 1.0507009873554805;
