import type { Classifier } from "../classifier.js";
import type { Explanation, ExplanationMap } from "../explainer.js";
import { arrivalOf } from "../relevance/arrival.js";
import type { InputRange } from "../relevance/input-range.js";
import type { Runtime, TensorValue } from "../session.js";
import { type LedgerOptions, ledgerOf } from "./ledger.js";
import { describeArrival, percent } from "./verdict.js";

/** That a map of relevance does not show where the score comes from. */
export interface ArrivalCaution {
  /** In a few words, for where there is little room. */
  readonly brief: string;
  /** How far the sum is from the score, at which node it went astray, and what to do. */
  readonly message: string;
}

/**
 * What is to be known of a map of relevance at the image whose sum is far from the score that it shares out: how far, and
 * where it went astray, which takes one more run. Undefined where there is nothing to say, as with Limn's own composites.
 * @param image the tensor that the map is about
 * @param range the lowest and highest possible input; the rule z-box needs it
 */
export async function arrivalCaution(
  classifier: Classifier,
  runtime: Runtime,
  image: TensorValue,
  { logits, target }: Pick<Explanation, "logits" | "target">,
  { request, values }: Pick<ExplanationMap, "request" | "values">,
  range?: InputRange,
): Promise<ArrivalCaution | undefined> {
  const { definition, layer, options } = request;
  if (definition.family !== "relevance" || layer || options.seed !== "logit") return undefined;
  const sum = values.reduce((total, R) => total + R, 0);
  if (arrivalOf(logits[target] as number, sum).plausible) return undefined;
  const ledger = await ledgerOf(classifier, runtime, image, {
    ...(options as LedgerOptions),
    target,
    ...(range ? { inputRange: range } : {}),
  });
  return {
    brief: `${percent(ledger.end / ledger.start)} of the score`,
    message: `${request.name}: ${describeArrival(ledger)}`,
  };
}
