import type { Model } from "../../graph/model.js";
import { rewrite } from "../../graph/rewrite.js";
import { recognizeActivations } from "./activations.js";
import { recognizeAttention } from "./attention.js";
import { recognizeDivision } from "./division.js";
import { recognizeEinsum } from "./einsum.js";
import { recognizeGroupNormalization } from "./group-normalization.js";
import { recognizeInOrder } from "./in-order.js";
import { recognizeLayerNormalization } from "./layer-normalization.js";
import { recognizeScaledProducts } from "./scaled-product.js";
import { recognizeSoftmax } from "./softmax.js";
import { recognizeSplitProducts } from "./split-product.js";

const PASSES: readonly ((model: Model) => Model)[] = [
  recognizeInOrder,
  recognizeDivision,
  recognizeActivations,
  recognizeGroupNormalization,
  recognizeLayerNormalization,
  recognizeSoftmax,
  recognizeEinsum,
  recognizeScaledProducts,
  recognizeAttention,
  recognizeSplitProducts,
];

/**
 * Brings what exporters and optimizers write in several ways into one form, so that the same network gives the same maps: activations,
 * normalizations and attention.
 *
 * Requires: Limn's dialect, without nodes that give their input back. Ensures: see each pass; the outputs are the same numbers, up
 * to rounding.
 */
export function recognize(model: Model): Model {
  const { graph: recognized } = PASSES.reduce((current, pass) => pass(current), model);
  // what nobody reads any more goes, and its names with it
  const { graph } = rewrite(recognized, () => undefined);
  for (const name of model.graph.names.keys()) {
    if (!graph.names.has(name)) graph.dissolved.set(name, PART);
  }
  return { ...model, graph };
}

const PART =
  "it is a part of an activation, a normalization or attention, which Limn has in a form of its own; choose a layer that `limn layers` lists";
