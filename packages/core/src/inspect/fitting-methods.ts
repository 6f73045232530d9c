import type { Classifier } from "../classifier.js";
import { compile } from "../compile/compile.js";
import { isIterated } from "../methods/method.js";
import { type MethodName, methods } from "../methods/registry.js";
import type { InputRange } from "../relevance/input-range.js";

/** A method, and whether a model can have it. */
export interface FittingMethod {
  readonly method: MethodName;
  /** Whether it takes many runs of the model, and so is made only if it is named. */
  readonly manyRuns: boolean;
  /** Why the model can't have it, in the method's own words; null if it can. */
  readonly refused: string | null;
}

/**
 * Tries which methods fit a classifier, with their default options and the default layer.
 * @param inputRange of the preprocessed image, if it is known: some methods need it
 */
export function fittingMethods(classifier: Classifier, inputRange?: InputRange): FittingMethod[] {
  const names = Object.keys(methods) as MethodName[];
  const refusals = new Map<unknown, string>();
  const requests = names.map((method) => ({ method }));
  compile(classifier, requests, {
    ...(inputRange ? { inputRange } : {}),
    onRefused: ({ method }, { message }) => refusals.set(method, message),
  });
  return names.map((method) => ({
    method,
    manyRuns: isIterated(methods[method]),
    refused: refusals.get(method) ?? null,
  }));
}
