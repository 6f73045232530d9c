import { attentionsOf } from "../attention.js";
import type { Classifier } from "../classifier.js";
import type { CompositeInit } from "../composites/composite.js";
import { DEFAULT_COMPOSITE, DEFAULT_WITH_ATTENTION, USUAL } from "../composites/registry.js";

/** The composite that a choice means for a network: `usual` depends on whether it has attention; all others are what they are. */
export const compositeFor = (
  classifier: Pick<Classifier, "image" | "logits">,
  choice: string | CompositeInit,
): string | CompositeInit =>
  choice !== USUAL ? choice : attentionsOf(classifier).length > 0 ? DEFAULT_WITH_ATTENTION : DEFAULT_COMPOSITE;
