import type { Classifier } from "../classifier.js";

/** Loads the same model for a number of pictures. */
export type LoadForBatch = (pictures: number) => Promise<Classifier>;

/** How many pictures a model is loaded for. */
export interface BatchSizes {
  /** Those that are explained together. */
  readonly batch: number;
  /** Those that are classified together where many are to be, as for curves. */
  readonly step: number;
}

/** Loads the model once for each number. */
export function loadedOnce(load: LoadForBatch): LoadForBatch {
  const loaded = new Map<number, Promise<Classifier>>();
  return (pictures) => {
    const loading = loaded.get(pictures) ?? load(pictures);
    loaded.set(pictures, loading);
    return loading;
  };
}
