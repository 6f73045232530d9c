import type { Classifier } from "../classifier.js";
import { batchFor } from "../compile/iteration.js";
import { LimnError } from "../error.js";
import type { Shape } from "../graph/tensor.js";
import { OncePerKey } from "../once-per-key.js";

/** Loads the same model for batches of so many pictures. */
export type LoadForBatch = (pictures: number) => Promise<Classifier>;

/** The batches that a model is loaded for. */
export interface BatchSizes {
  /** How many pictures are explained together. */
  readonly batch: number;
  /** How many pictures are classified together if there are many, as for curves. */
  readonly step: number;
}

/** Loads the model only once for each number of pictures. */
export function loadedOnce(load: LoadForBatch): LoadForBatch {
  const loaded = new OncePerKey<number, Classifier>();
  return (pictures) => loaded.get(pictures, () => load(pictures));
}

/**
 * Loads a model for many pictures at a time.
 * @param batch how many. Default: what fits their size, if the model takes more than one
 * @returns undefined for a batch of 1
 * @throws LimnError as `load` does, for a batch that was asked for
 */
export async function loadForBatch(
  classifier: Classifier,
  load: (inputShape: Shape) => Promise<Classifier>,
  batch?: number,
): Promise<Classifier | undefined> {
  const size = batch ?? batchFor(classifier);
  if (size === 1) return undefined;
  try {
    return await load([size, ...classifier.image.dims.slice(1)]);
  } catch (error) {
    // a file may leave its batch open and still fail for other batches than its own
    if (batch === undefined && error instanceof LimnError) return undefined;
    throw error;
  }
}
