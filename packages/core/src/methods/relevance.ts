import * as v from "valibot";
import { compositeSchema } from "../composites/composite.js";
import { type CompositeName, composites, DEFAULT_COMPOSITE } from "../composites/registry.js";
import { option } from "../option.js";
import { DEFAULT_EPSILON } from "../relevance/distribute.js";
import type { Method } from "./method.js";
import { RELEVANCE_SEEDS, type RelevanceSeed } from "./seed.js";

/** The options that take a composite, for those who read files of them. */
const compositeOptions = new WeakSet<object>();

/** A composite's name, or one of the user's own: see `compositeSchema`. */
export function compositeOption(usual: CompositeName = DEFAULT_COMPOSITE) {
  const composite = option(
    v.union([v.string(), compositeSchema], "give a composite's name, or an object with entries"),
    usual,
    `which rule where: ${Object.keys(composites).join(", ")}, or one of your own`,
  );
  compositeOptions.add(composite);
  return composite;
}

/** Whether an option of a method takes a composite: then the command line reads it from a file, too. */
export const takesComposite = ({ options }: Pick<Method, "options">, name: string): boolean =>
  Object.hasOwn(options.entries, name) && compositeOptions.has(options.entries[name] as object);

/** What propagation starts from: see `relevanceSeed`. */
export const relevanceSeedOption = (usual: RelevanceSeed) =>
  option(v.picklist(RELEVANCE_SEEDS), usual, `what the relevance of the logits is: ${RELEVANCE_SEEDS.join(", ")}`);

/** What keeps divisions by small numbers in bounds. */
export const epsilonOption = option(
  v.pipe(v.number(), v.finite(), v.gtValue(0)),
  DEFAULT_EPSILON,
  "stabilizer of divisions: z + epsilon sign(z)",
);
