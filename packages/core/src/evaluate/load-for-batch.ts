import type { Classifier } from "../classifier.js";
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
