import type { Value } from "./graph/graph.js";

/** The axis of the channels: 1 if a model takes its images as [N, C, H, W], 3 if as [N, H, W, C]. It is the short one. */
export function channelAxisOf({ dims: [, second = 1, , last = 1] }: Value): 1 | 3 {
  return second !== 1 && second !== 3 && last <= 4 ? 3 : 1;
}
