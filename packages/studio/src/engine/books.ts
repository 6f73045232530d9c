import { type Ledger, ledgerOf, type Network, networkOf, type Runtime, rangeAfter } from "@limn/core";
import type { PreparedPicture } from "./explain.js";
import type { OpenModel } from "./open-model.js";

/** A model's graph, by stages. */
export const graphOf = ({ classifier }: OpenModel): Network => networkOf(classifier);

/** Where relevance goes in it. */
export const booksOf = (
  { classifier, chosen }: OpenModel,
  { tensor }: PreparedPicture,
  target: number,
  composite: string | undefined,
  runtime: Runtime,
): Promise<Ledger> =>
  ledgerOf(classifier, runtime, tensor, {
    target,
    ...(composite === undefined ? {} : { composite }),
    ...(chosen.preprocessing ? { inputRange: rangeAfter(chosen.preprocessing) } : {}),
  });
