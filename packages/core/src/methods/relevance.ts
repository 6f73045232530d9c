import { z } from "zod";
import { compositeSchema } from "../composites/composite.js";
import { type CompositeName, composites, DEFAULT_COMPOSITE } from "../composites/registry.js";
import { DEFAULT_EPSILON } from "../relevance/distribute.js";
import type { Method } from "./method.js";
import { RELEVANCE_SEEDS, type RelevanceSeed } from "./seed.js";

/** The options that take a composite; the command line reads these from files. */
const compositeOptions = new WeakSet<object>();

/** An option: a composite's name, or one of your own; see `compositeSchema`. @param usual the default */
export function compositeOption(usual: CompositeName = DEFAULT_COMPOSITE) {
  const option = z
    .union([z.string(), compositeSchema], "give a composite's name, or an object with entries")
    .default(usual)
    .describe(`which rule where: ${Object.keys(composites).join(", ")}, or one of your own`);
  compositeOptions.add(option);
  return option;
}

/** Whether an option of a method takes a composite; if so, the command line reads it from a file, too. */
export const takesComposite = ({ options }: Pick<Method, "options">, name: string): boolean =>
  Object.hasOwn(options.shape, name) && compositeOptions.has(options.shape[name] as object);

/** An option: the relevance that propagation starts from; see `relevanceSeed`. @param usual the default */
export const relevanceSeedOption = (usual: RelevanceSeed) =>
  z
    .enum(RELEVANCE_SEEDS)
    .default(usual)
    .describe(`what the relevance of the logits is: ${RELEVANCE_SEEDS.join(", ")}`);

/** An option: the stabilizer of divisions by small numbers. */
export const epsilonOption = z
  .number()
  .positive()
  .default(DEFAULT_EPSILON)
  .describe("stabilizer of divisions: z + epsilon sign(z)");
