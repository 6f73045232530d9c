import { readFileSync } from "node:fs";
import { type Classifier, type LoadOptions, loadClassifier, pictureSizeOf, type Runtime } from "@limn/core";
import { readModelFile } from "../model-file.js";
import type { FoundModel } from "./found-model.js";

/**
 * Loads a classifier that `findModel` has found. If the file leaves the size of its input open, as exports for the Hugging
 * Face hub do, it is the size of the pictures that the model's preprocessing gives.
 * @param options such as `inputShape` and `output`: see core's `LoadOptions`
 * @throws LimnError as `readModelFile` and core's `loadClassifier` do
 * @example
 * const classifier = await loadModel(await findModel("scenes-resnet"), onnxRuntime());
 * classifier.image.dims; // [1, 3, 128, 128]
 */
export function loadModel(
  { path, name, preprocessing }: FoundModel,
  runtime: Runtime,
  options: Omit<LoadOptions, "pictureSize"> = {},
): Promise<Classifier> {
  const pictureSize = preprocessing === undefined ? undefined : sizeGivenBy(preprocessing);
  return loadClassifier(readModelFile(path, name), runtime, { ...options, ...(pictureSize ? { pictureSize } : {}) });
}

/** Undefined for a wrong file: `choosePreprocessing`, which uses all of it, says what is wrong. */
function sizeGivenBy(path: string): readonly [height: number, width: number] | undefined {
  try {
    return pictureSizeOf(readFileSync(path, "utf8"), path);
  } catch {
    return undefined;
  }
}
