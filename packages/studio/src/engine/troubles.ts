import {
  arrivalCaution,
  diagnose,
  type Explanation,
  type ExplanationMap,
  type Runtime,
  rangeAfter,
  type TensorValue,
} from "@limn/core";
import type { OpenModel } from "./open-model.js";

/** What is wrong with a map. */
export interface Troubles {
  /** Why it is blank; undefined if it is not. */
  readonly blank: string | undefined;
  readonly cautions: readonly string[];
}

/** Looks for what is wrong with a map that is blank, or whose relevance may be lost on its way; that takes runs of its own. */
export async function troublesOf(
  { classifier, chosen }: OpenModel,
  runtime: Runtime,
  image: TensorValue,
  explanation: Explanation,
  map: ExplanationMap,
): Promise<Troubles> {
  const range = chosen.preprocessing && rangeAfter(chosen.preprocessing);
  const blank = await diagnose(classifier, runtime, image, explanation, map);
  const caution = explanation.combination
    ? undefined
    : await arrivalCaution(classifier, runtime, image, explanation, map, range);
  return { blank: blank?.message, cautions: caution ? [caution.message] : [] };
}
