import { greater, mul, where } from "../graph/math.js";
import { pointwise } from "./pointwise.js";

export const LeakyRelu = pointwise({
  // dx = dy where x > 0, else alpha dy
  dx: ({ x, y, dy, at }) => {
    const alpha = at.float("alpha", 0.01);
    // y has the sign of x unless alpha is negative; leaving x unread lets ONNX Runtime fuse the activation
    return where(greater(alpha >= 0 ? y : x, 0), dy, mul(dy, alpha));
  },
  sign: "keeps",
  zero: "keeps",
});
