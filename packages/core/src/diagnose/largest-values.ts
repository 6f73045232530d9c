import type { Classifier } from "../classifier.js";
import { IMAGE, targetTensor } from "../compile/interface.js";
import type { Value } from "../graph/graph.js";
import { abs, add, cast, maximum, mul, sum } from "../graph/math.js";
import type { Model } from "../graph/model.js";
import { isFloat, sizeOf } from "../graph/tensor.js";
import { runOnce } from "../onnx/open-session.js";
import type { Runtime, TensorValue, Weights } from "../session.js";

/** A value, and how large it is. */
export interface Probed {
  readonly value: Value;
  /** The largest absolute value of the tensor, or of the gradient by it; NaN if any is not finite. */
  readonly largest: number;
}

/** Runs a copy of the classifier, and gives the largest absolute value of each tensor that is float; NaN if any is not finite. */
export function largestOf(
  copy: Classifier,
  runtime: Runtime,
  image: TensorValue,
  values: readonly Value[],
  target = -1,
): Promise<Probed[]> {
  const { graph } = copy.model;
  const [input, second] = graph.inputs;
  if (input) graph.rename(input, IMAGE);
  const feeds: Record<string, TensorValue> = { [IMAGE]: image };
  if (second) feeds[second.name] = targetTensor(copy, target);
  return largestIn(copy.model, copy.weights, runtime, feeds, values);
}

/** The same for a graph with any inputs. Replaces the graph's outputs. */
export async function largestIn(
  model: Model,
  weights: Weights,
  runtime: Runtime,
  feeds: Readonly<Record<string, TensorValue>>,
  values: readonly Value[],
): Promise<Probed[]> {
  const { graph } = model;
  const floats = [...new Set(values)].filter((v) => isFloat(v.dtype) && v.shape !== undefined && sizeOf(v.shape) > 0);
  const outputs = floats.map((value) => {
    const v = cast(value, "float32");
    const axes = v.dims.map((_, axis) => axis);
    // maxima may skip NaN: 0 v is NaN exactly where v is not finite
    return add(maximum(abs(v), axes, false), sum(mul(v, 0), axes, false));
  });
  graph.outputs.splice(0, graph.outputs.length, ...outputs);
  const results = await runOnce(model, runtime, feeds, { weights, optimize: "basic" });
  return floats.map((value, i) => ({ value, largest: Number(results[outputs[i]?.name ?? ""]?.data[0]) }));
}
