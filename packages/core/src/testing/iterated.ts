import type { Classifier } from "../classifier.js";
import { type CompileOptions, compile } from "../compile/compile.js";
import type { MapRequest } from "../compile/compiled-map.js";
import { Explainer, type ExplanationMap, type Watch } from "../explainer.js";
import type { TensorValue } from "../session.js";
import { classifierOf, runtime } from "./explaining.js";
import { NetworkWriter } from "./networks.js";

/** One map, by a classifier for single pictures and one for batches of 4, or as the options have it. */
export async function mapOf(
  model: Uint8Array,
  request: MapRequest,
  image: TensorValue,
  { target = -1, ...options }: CompileOptions & { target?: number } = {},
  watch: Watch = {},
): Promise<ExplanationMap> {
  const classifier = await classifierOf(model);
  const batched = options.batched ?? (await batchedOf(model, classifier, 4));
  const explainer = await Explainer.create(compile(classifier, [request], { batched, ...options }), runtime);
  try {
    const [explanation] = await explainer.explain(image, [target], watch);
    return explanation?.maps[0] as ExplanationMap;
  } finally {
    await explainer.release();
  }
}

export const batchedOf = (model: Uint8Array, { image }: Classifier, batch: number): Promise<Classifier> =>
  classifierOf(model, { inputShape: [batch, ...image.dims.slice(1)] });

/** y = [sum w I, 0]: the class 0 sees some pixels of a one-channel picture, the class 1 none. */
export function weighing(height: number, width: number, w: readonly number[]): Uint8Array {
  const net = new NetworkWriter("weighing", [1, 1, height, width]);
  const flat = net.flatten("flatten", net.image);
  const weights = net.constant("w", [2, w.length], [...w, ...w.map(() => 0)]);
  return net.bytes(net.node("Gemm", "fc", [flat, weights], { transB: 1 }));
}

/** The largest difference, as a share of the second's largest value. */
export function deviation(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  let largest = 0;
  let scale = 0;
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs((found[i] as number) - (expected[i] as number)));
    scale = Math.max(scale, Math.abs(expected[i] as number));
  }
  return largest / scale;
}
