import { readFileSync } from "node:fs";
import { type Classifier, type LoadOptions, loadClassifier, pictureSizeOf, type Runtime } from "@limn/core";
import { readModelFile } from "../model-file.js";
import type { FoundModel } from "./found-model.js";

/**
 * Loads a classifier that `findModel` has found. Sizes of its input that the file leaves open, as exports for the
 * Hugging Face hub do, are those of the pictures that its preprocessing gives.
 * @throws LimnError as `readModelFile` and `loadClassifier` do
 */
export function loadModel(
  { path, name, preprocessing }: FoundModel,
  runtime: Runtime,
  options: Omit<LoadOptions, "pictureSize"> = {},
): Promise<Classifier> {
  const pictureSize = preprocessing === undefined ? undefined : sizeGivenBy(preprocessing);
  return loadClassifier(readModelFile(path, name), runtime, { ...options, ...(pictureSize ? { pictureSize } : {}) });
}

/** What is wrong with the file is for those to say who use all of it. */
function sizeGivenBy(path: string): readonly [height: number, width: number] | undefined {
  try {
    return pictureSizeOf(readFileSync(path, "utf8"), path);
  } catch {
    return undefined;
  }
}
