import { cutsOff } from "../backward.js";
import { LimnError } from "../error.js";
import type { Score } from "./method.js";

/**
 * For methods that differ from the gradient only in what ReLUs pass back.
 * @param method the method's name, for the message
 * @throws LimnError `not-applicable` if the model has no ReLU
 */
export function needsRelu(method: string, { logits }: Score): void {
  if (logits.graph.ancestors([logits]).some(cutsOff)) return;
  throw new LimnError(
    "not-applicable",
    `${method}: the model has no ReLU whose gradient could be changed; use saliency`,
  );
}
