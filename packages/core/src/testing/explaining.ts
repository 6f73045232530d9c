import { type Classifier, type LoadOptions, loadClassifier } from "../classifier.js";
import { compile } from "../compile/compile.js";
import type { CompiledMap, MapRequest } from "../compile/compiled-map.js";
import { Explainer, type Explanation } from "../explainer.js";
import { type Shape, sizeOf } from "../graph/tensor.js";
import type { ModelSource } from "../prepare/read-model.js";
import type { TensorValue } from "../session.js";
import { randomNumbers } from "./random.js";
import { runtime } from "./runtime.js";

export { runtime };

/** A model that is only in memory. */
export const sourceOf = (bytes: Uint8Array): ModelSource => ({
  location: "model.onnx",
  bytes,
  weights: { files: new Map([["model.onnx", bytes]]) },
});

export const classifierOf = (bytes: Uint8Array, options?: LoadOptions): Promise<Classifier> =>
  loadClassifier(sourceOf(bytes), runtime, options);

export const imageOf = (dims: Shape, data: ArrayLike<number>): TensorValue => ({
  dtype: "float32",
  dims,
  data: Float32Array.from(data),
});

/** An image of uniform noise in [-1, 1). */
export function noise(dims: Shape, seed = "noise"): TensorValue {
  const random = randomNumbers(seed);
  return imageOf(
    dims,
    Float32Array.from({ length: sizeOf(dims) }, () => 2 * random() - 1),
  );
}

/** Compiles, runs once and lets go. */
export async function explainOnce(
  classifier: Classifier,
  requests: readonly MapRequest[],
  image: TensorValue,
  targets: readonly number[] = [],
): Promise<Explanation[]> {
  const explainer = await Explainer.create(compile(classifier, requests), runtime);
  try {
    return await explainer.explain(image, targets);
  } finally {
    await explainer.release();
  }
}

/** The maps of the first image, in the order of the requests. */
export async function mapsOf(
  classifier: Classifier,
  requests: readonly (MapRequest | string)[],
  image: TensorValue,
  target = -1,
): Promise<{ values: Float32Array; shape: Shape; request: CompiledMap }[]> {
  const full = requests.map((r) => (typeof r === "string" ? { method: r } : r));
  const [explanation] = await explainOnce(classifier, full, image, [target]);
  return [...(explanation?.maps ?? [])];
}
