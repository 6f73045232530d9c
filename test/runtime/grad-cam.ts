import { compile, Explainer, loadClassifier, type Runtime } from "@limn/core";

/** A model's file with the tensor that it is to explain. */
export interface Subject {
  readonly location: string;
  readonly bytes: Uint8Array;
  /** [1, C, H, W] */
  readonly shape: readonly number[];
  readonly image: Float32Array;
}

/** The Grad-CAM map of the predicted class at the last layer, row by row, by the whole way from bytes to map. */
export async function gradCamOf(subject: Subject, runtime: Runtime): Promise<{ target: number; map: number[] }> {
  const { location, bytes, shape, image } = subject;
  const weights = { files: new Map([[location, bytes]]) };
  const classifier = await loadClassifier({ location, bytes, weights }, runtime, { inputShape: shape });
  const explainer = await Explainer.create(compile(classifier, [{ method: "grad-cam" }]), runtime);
  const [explanation] = await explainer.explain({ dtype: "float32", dims: shape, data: image });
  await explainer.release();
  const [map] = explanation?.maps ?? [];
  if (!explanation || !map) throw new Error("no map came back");
  return { target: explanation.target, map: [...map.values] };
}
