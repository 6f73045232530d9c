import { isRelu } from "../backward.js";
import { LimnError } from "../error.js";
import type { Score } from "./method.js";

/**
 * For methods that are the gradient but for what ReLUs pass back.
 * @throws LimnError `not-applicable` where the model has no ReLU
 */
export function needsRelu(method: string, { logits }: Score): void {
  if (logits.graph.ancestors([logits]).some(isRelu)) return;
  throw new LimnError(
    "not-applicable",
    `${method} changes the gradient of ReLUs, and the model has none; use saliency`,
  );
}
