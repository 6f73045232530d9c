import type { Model } from "../../graph/model.js";
import { recognizeActivations } from "./activations.js";
import { recognizeAttention } from "./attention.js";
import { recognizeDivision } from "./division.js";
import { recognizeEinsum } from "./einsum.js";
import { recognizeLayerNormalization } from "./layer-normalization.js";
import { recognizeScaledProducts } from "./scaled-product.js";

const PASSES: readonly ((model: Model) => Model)[] = [
  recognizeDivision,
  recognizeActivations,
  recognizeLayerNormalization,
  recognizeEinsum,
  recognizeScaledProducts,
  recognizeAttention,
];

/**
 * Brings what exporters and optimizers write in several ways into one form, so that the same network gives the same maps: GELU,
 * hard-swish, layer normalization and attention.
 *
 * Requires: Limn's dialect, without nodes that give their input back. Ensures: see each pass; the outputs are the same numbers, up
 * to rounding.
 */
export const recognize = (model: Model): Model => PASSES.reduce((current, pass) => pass(current), model);
