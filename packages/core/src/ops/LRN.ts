import type { Value } from "../graph/graph.js";
import { add, CHANNEL, div, mul, pow, square, sub } from "../graph/math.js";
import { unmixAlong } from "./along-axis.js";
import { defineOperator, pass, plain } from "./operator.js";

export const LRN = defineOperator({
  inputs: ["x"],
  // y = x s^-beta,  s = bias + alpha mean(x^2 over the neighboring channels)  =>
  // dx = dy s^-beta - 2 alpha beta x mean(dy y / s over the channels that x is a neighbor of)
  gradient: {
    x: ({ x, y, dy, at }) => {
      const size = at.int("size");
      const alpha = at.float("alpha", 1e-4);
      const beta = at.float("beta", 0.75);
      const before = Math.floor((size - 1) / 2);
      const after = size - 1 - before;
      const s = add(mul(channelMean(square(x), before, after), alpha), at.float("bias", 1));
      const echo = channelMean(div(mul(dy, y), s), after, before);
      return sub(mul(dy, pow(s, -beta)), mul(mul(x, echo), 2 * alpha * beta));
    },
  },
  relevance: pass,
  layout: "spatial",
  sign: "keeps",
  zero: "keeps",
  ...plain,
});

/**
 * Mean over a channel and its neighbors, with zeros beyond the first and the last: [N, C, ...] to the same. It is a
 * product with a band matrix, since ONNX Runtime pools over channels in one thread only.
 */
function channelMean(v: Value, before: number, after: number): Value {
  const channels = v.dims[CHANNEL] as number;
  const weight = 1 / (before + 1 + after);
  const readers = Array.from({ length: channels }, (_, c) => {
    const around = Array.from({ length: before + 1 + after }, (_, i) => c - after + i);
    return around.flatMap((reader) => (reader >= 0 && reader < channels ? [[reader, weight] as const] : []));
  });
  return unmixAlong(v, CHANNEL, readers, channels);
}
