import { z } from "zod";
import { compositeSchema } from "../composites/composite.js";
import { type CompositeName, composites, DEFAULT_COMPOSITE } from "../composites/registry.js";
import { DEFAULT_EPSILON } from "../relevance/distribute.js";
import { RELEVANCE_SEEDS, type RelevanceSeed } from "./seed.js";

/** A composite's name, or one of the user's own: see `compositeSchema`. */
export const compositeOption = (usual: CompositeName = DEFAULT_COMPOSITE) =>
  z
    .union([z.string(), compositeSchema])
    .default(usual)
    .describe(`which rule where: ${Object.keys(composites).join(", ")}, or one of your own`);

export const seedOption = (usual: RelevanceSeed) =>
  z
    .enum(RELEVANCE_SEEDS)
    .default(usual)
    .describe(`what the relevance of the logits is: ${RELEVANCE_SEEDS.join(", ")}`);

export const epsilonOption = z
  .number()
  .positive()
  .default(DEFAULT_EPSILON)
  .describe("stabilizer of divisions: z + epsilon sign(z)");
