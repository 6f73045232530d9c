import * as v from "valibot";
import type { Classifier } from "../classifier.js";
import { type CompositeInit, compositeSchema } from "../composites/composite.js";
import {
  type CompositeName,
  composites,
  DEFAULT_COMPOSITE,
  DEFAULT_WITH_ATTENTION,
  USUAL,
} from "../composites/registry.js";
import { option } from "../option.js";
import { compositeFor } from "../relevance/composite-for.js";
import {
  BIASES,
  biasSchema,
  DEFAULT_SETTINGS,
  epsilonSchema,
  STABILIZERS,
  SUMS,
  stabilizerSchema,
  sumsSchema,
} from "../rules/settings.js";
import type { Method, Options } from "./method.js";
import { RELEVANCE_SEEDS, type RelevanceSeed } from "./seed.js";

/** The options that take a composite; the command line reads these from files. */
const compositeOptions = new WeakSet<object>();

/** An option: a composite's name, or one of your own; see `compositeSchema`. @param usual the default */
export function compositeOption(usual: CompositeName | typeof USUAL = USUAL) {
  const composite = option(
    v.union([v.string(), compositeSchema], "give a composite's name, or an object with entries"),
    usual,
    `which rule where: ${Object.keys(composites).join(", ")}, or one of your own; ${USUAL}: ${DEFAULT_WITH_ATTENTION} for networks with attention, ${DEFAULT_COMPOSITE} for others`,
  );
  compositeOptions.add(composite);
  return composite;
}

/** Whether an option of a method takes a composite; if so, the command line reads it from a file, too. */
export const takesComposite = ({ options }: Pick<Method, "options">, name: string): boolean =>
  Object.hasOwn(options.entries, name) && compositeOptions.has(options.entries[name] as object);

/** A method's options with the composite's name where the choice depends on the network. */
export const withComposites = (method: Method, options: Options, classifier: Classifier): Options =>
  Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      name,
      takesComposite(method, name) ? compositeFor(classifier, value as string | CompositeInit) : value,
    ]),
  );

/** An option: the relevance that propagation starts from; see `relevanceSeed`. @param usual the default */
export const relevanceSeedOption = (usual: RelevanceSeed) =>
  option(v.picklist(RELEVANCE_SEEDS), usual, `what the relevance of the logits is: ${RELEVANCE_SEEDS.join(", ")}`);

/** Options: how nodes divide where the composite does not say so; see `BIASES`, `STABILIZERS` and `SUMS`. */
export const settingsOptions = {
  bias: option(
    biasSchema,
    undefined,
    `what becomes of the shares of biases: ${BIASES.join(", ")}; by default what the composite says, or ${DEFAULT_SETTINGS.bias}`,
  ),
  stabilizer: option(
    stabilizerSchema,
    undefined,
    `divisions are by z + e sign(z), e is epsilon times the mean of |z|, or epsilon: ${STABILIZERS.join(", ")}; by default what the composite says, or ${DEFAULT_SETTINGS.stabilizer}`,
  ),
  epsilon: option(epsilonSchema, undefined, `by default what the composite says, or ${DEFAULT_SETTINGS.epsilon}`),
  sums: option(
    sumsSchema,
    undefined,
    `which summands share the relevance of a sum of signals: ${SUMS.join(", ")}, which are those of its sign; by default what the composite says`,
  ),
};
