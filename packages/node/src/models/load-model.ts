import { readFileSync } from "node:fs";
import { type Classifier, type LoadOptions, loadClassifier, pictureSizeOf, type Runtime } from "@limn/core";
import { readLabels } from "../labels.js";
import { readModelFile } from "../model-file.js";
import type { FoundModel } from "./found-model.js";

export interface LoadModelOptions extends Omit<LoadOptions, "pictureSize" | "names"> {
  /** Path of a labels file. Default: the one that came with the model. */
  readonly labels?: string;
}

/**
 * Loads a classifier that `findModel` has found. Sizes of its input that the file leaves open, as exports for the
 * Hugging Face hub do, are those of the pictures that its preprocessing gives. What its outputs
 * mean is judged with the number of its labels, and with what came with the model.
 * @throws LimnError as `readModelFile` and `loadClassifier` do
 */
export async function loadModel(
  { path, name, preprocessing, labels: supplied, scoreFunction }: FoundModel,
  runtime: Runtime,
  { labels = supplied, ...options }: LoadModelOptions = {},
): Promise<Classifier> {
  const pictureSize = preprocessing === undefined ? undefined : sizeGivenBy(preprocessing);
  return loadClassifier(readModelFile(path, name), runtime, {
    ...(scoreFunction ? { scoreFunction } : {}),
    ...options,
    ...(pictureSize ? { pictureSize } : {}),
    names: labels === undefined ? 0 : readLabels(labels).length,
  });
}

/** What is wrong with the file is for those to say who use all of it. */
function sizeGivenBy(path: string): readonly [height: number, width: number] | undefined {
  try {
    return pictureSizeOf(readFileSync(path, "utf8"), path);
  } catch {
    return undefined;
  }
}
