import { readFileSync } from "node:fs";
import {
  type Classifier,
  type LoadOptions,
  loadClassifier,
  namesInMetadata,
  pictureSizeOf,
  type Runtime,
} from "@limn/core";
import { readModelFile } from "../model-file.js";
import { readLabels } from "../read-labels.js";
import type { FoundModel } from "./found-model.js";

export interface LoadModelOptions extends Omit<LoadOptions, "pictureSize" | "names" | "classes"> {
  /** Path of a labels file. Default: the one that came with the model. */
  readonly labels?: string;
}

/**
 * Loads a classifier that `findModel` has found. If the file leaves the size of its input open, as exports for the Hugging
 * Face hub do, it is the size of the pictures that the model's preprocessing gives. What its
 * outputs mean is judged with the number of its labels, and with what came with the model.
 * @param options such as `inputShape` and `output`: see core's `LoadOptions`
 * @throws LimnError as `readModelFile` and core's `loadClassifier` do
 * @example
 * const classifier = await loadModel(await findModel("scenes-resnet"), onnxRuntime());
 * classifier.image.dims; // [1, 3, 128, 128]
 */
export async function loadModel(
  { path, name, preprocessing, labels: supplied, scoreFunction, classes }: FoundModel,
  runtime: Runtime,
  { labels = supplied, ...options }: LoadModelOptions = {},
): Promise<Classifier> {
  const pictureSize = preprocessing === undefined ? undefined : sizeGivenBy(preprocessing);
  return loadClassifier(readModelFile(path, name), runtime, {
    ...(scoreFunction ? { scoreFunction } : {}),
    ...options,
    ...(pictureSize ? { pictureSize } : {}),
    ...(classes ? { classes: classes.texts } : {}),
    names: labels === undefined ? namesInMetadata : readLabels(labels).length,
  });
}

/** Undefined for a wrong file: `choosePreprocessing`, which uses all of it, says what is wrong. */
function sizeGivenBy(path: string): readonly [height: number, width: number] | undefined {
  try {
    return pictureSizeOf(readFileSync(path, "utf8"), path);
  } catch {
    return undefined;
  }
}
