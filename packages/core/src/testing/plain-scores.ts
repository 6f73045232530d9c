import type { Classifier } from "../classifier.js";
import { encodeModel } from "../onnx/encode.js";
import type { TensorValue } from "../session.js";
import { runtime } from "./explaining.js";

/** A class's probability for one picture, by the classifier's own file and softmax or sigmoid in float64. */
export async function plainScorer(
  classifier: Classifier,
): Promise<(picture: ArrayLike<number>, target: number) => Promise<number>> {
  const { model, weights, image } = classifier;
  const session = await runtime.createSession(encodeModel(model), { weights });
  const [input, output] = [model.graph.inputs[0]?.name as string, model.graph.outputs[0]?.name as string];
  return async (picture, target) => {
    const feeds = { [input]: { dtype: "float32", dims: image.dims, data: Float32Array.from(picture) } } as const;
    const { [output]: result } = await session.run(feeds, [output]);
    const logits = [...(result as TensorValue).data].map(Number);
    const chosen = logits[target] as number;
    if (classifier.scoreFunction === "sigmoid") return 1 / (1 + Math.exp(-chosen));
    return 1 / logits.reduce((sum, v) => sum + Math.exp(v - chosen), 0);
  };
}
