import { gradientStep, Sweep } from "./backward.js";
import type { Classifier } from "./classifier.js";
import { copyOf, type CompiledMap, IMAGE, TARGET } from "./compile.js";
import type { Explanation, ExplanationMap } from "./explainer.js";
import type { Value } from "./graph/graph.js";
import { abs, cast, maximum } from "./graph/math.js";
import { isFloat } from "./graph/tensor.js";
import { findLayer } from "./layers.js";
import { classScore } from "./methods/seed.js";
import { encodeModel } from "./onnx/encode.js";
import type { Runtime, TensorValue } from "./session.js";

/** Why a map shows nothing, in words for the person who looks at it. */
export interface Diagnosis {
  /** What is wrong with the map. */
  readonly symptom: "not-a-number" | "all-zero" | "constant" | "negative";
  /** The tensor where it starts, by the name in the user's file, where one was found. */
  readonly tensor: string | undefined;
  /** What happened, and what to try: one or two sentences. */
  readonly message: string;
}

/** What is wrong with a map at first sight, or undefined where it shows something. */
export function symptomOf(values: Float32Array): Diagnosis["symptom"] | undefined {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const v of values) {
    if (!Number.isFinite(v)) return "not-a-number";
    if (v < low) low = v;
    if (v > high) high = v;
  }
  if (low === 0 && high === 0) return "all-zero";
  return low === high && values.length > 1 ? "constant" : undefined;
}

/**
 * Finds out why a map is blank: runs the model once more with the largest absolute value of every
 * activation, and of the gradient on its way back, as outputs, and looks for the first that died.
 * @returns undefined for maps that show something
 */
export async function diagnose(
  classifier: Classifier,
  runtime: Runtime,
  image: TensorValue,
  explanation: Explanation,
  map: ExplanationMap,
): Promise<Diagnosis | undefined> {
  const symptom = symptomOf(map.values);
  if (!symptom) return undefined;
  const probe = await probeGradient(classifier, runtime, image, explanation.target, map.request);
  return explain(symptom, probe, map.request);
}

/** The first tensor of the forward pass that is not finite, for models that give no usable scores at all. */
export async function firstNotFinite(
  classifier: Classifier,
  runtime: Runtime,
  image: TensorValue,
): Promise<{ tensor: string; message: string } | undefined> {
  if (image.data instanceof Float32Array && image.data.some((v) => !Number.isFinite(v))) {
    return { tensor: classifier.image.name, message: "the preprocessed image itself holds values that are not finite; check mean and std" };
  }
  const copy = copyOf(classifier);
  const { graph } = copy.model;
  const found = await largestOf(copy, runtime, image, 0, [
    ...graph.ancestors([copy.logits]).flatMap((node) => [...node.reads(), ...node.outputs.filter((v) => v !== undefined)]),
  ]);
  const first = found.find(({ largest }) => !Number.isFinite(largest));
  if (!first) return undefined;
  const { value } = first;
  const message = value.producer
    ? `${value.label} gives values that are not finite: the input or the weights before it are out of range`
    : `the weights "${value.name}" hold values that are not finite: the file is damaged or training diverged; export the model again`;
  return { tensor: value.name, message };
}

interface Probe {
  /** From the logits down to the layer. */
  readonly gradients: readonly { value: Value; largest: number }[];
  readonly layer: { value: Value; largest: number };
}

async function probeGradient(
  classifier: Classifier,
  runtime: Runtime,
  image: TensorValue,
  target: number,
  request: CompiledMap,
): Promise<Probe> {
  const copy = copyOf(classifier);
  const { graph } = copy.model;
  const batch = copy.logits.dims[0] as number;
  const score = classScore(copy.logits, graph.addInput(TARGET, "int64", [batch]));
  const layer = request.layer ? findLayer(copy, request.layer.tensor).value : copy.image;
  const sweep = new Sweep(new Map([[score.logits, score.seed]]), gradientStep, "gradient");
  const trace = sweep.trace(layer);
  const found = await largestOf(copy, runtime, image, target, [layer, ...trace.map(({ cotangent }) => cotangent)]);
  const largest = new Map(found.map((f) => [f.value, f.largest]));
  return {
    layer: { value: layer, largest: largest.get(layer) ?? Number.NaN },
    gradients: trace.map(({ value, cotangent }) => ({ value, largest: largest.get(cotangent) ?? Number.NaN })),
  };
}

/** The largest absolute value of each of the given float values, by one run. */
async function largestOf(copy: Classifier, runtime: Runtime, image: TensorValue, target: number, values: readonly Value[]) {
  const { graph } = copy.model;
  const floats = [...new Set(values)].filter((v) => isFloat(v.dtype) && v.shape !== undefined);
  const outputs = floats.map((v) => cast(maximum(abs(v), v.dims.map((_, axis) => axis), false), "float32"));
  graph.outputs.splice(0, graph.outputs.length, ...outputs);
  const [input, second] = graph.inputs;
  if (input) graph.rename(input, IMAGE);
  const feeds: Record<string, TensorValue> = { [IMAGE]: image };
  if (second) {
    const batch = copy.logits.dims[0] as number;
    feeds[second.name] = { dtype: "int64", dims: [batch], data: new BigInt64Array(batch).fill(BigInt(target)) };
  }
  const session = await runtime.createSession(encodeModel(copy.model), { weights: copy.weights, optimize: "basic" });
  try {
    const results = await session.run(feeds, outputs.map((o) => o.name));
    return floats.map((value, i) => ({ value, largest: Number(results[outputs[i]?.name ?? ""]?.data[0]) }));
  } finally {
    await session.release();
  }
}

function explain(symptom: Diagnosis["symptom"], { gradients, layer }: Probe, request: CompiledMap): Diagnosis {
  const where = request.layer?.stage ?? request.layer?.tensor ?? "the image";
  if (symptom === "not-a-number") {
    const first = [...gradients].find(({ largest }) => !Number.isFinite(largest));
    const tensor = first?.value.name;
    return { symptom, tensor, message: `the gradient stops being finite${tensor ? ` at ${first.value.label}` : ""}; look at the weights and the input there` };
  }
  const dead = gradients.find(({ largest }) => largest === 0);
  if (dead) {
    const [top] = gradients;
    const message =
      top && top.value === dead.value
        ? "the score has no gradient: the target's seed is zero; choose a class of the model"
        : `the gradient is zero from ${dead.value.label} on: units there are saturated or inactive for this image; try a deeper layer, or another target`;
    return { symptom, tensor: dead.value.name, message };
  }
  if (layer.largest === 0) {
    return { symptom, tensor: layer.value.name, message: `all activations at ${where} are zero for this image: every unit is inactive; check the preprocessing (mean, std, channel order), or choose another layer` };
  }
  if (symptom === "all-zero" && request.method === "grad-cam") {
    return {
      symptom: "negative",
      tensor: layer.value.name,
      message: `the weighted activations at ${where} are negative everywhere, so the ReLU removes them: nothing there speaks for this class; see what speaks against it with grad-cam.relu=false, or try another layer or target`,
    };
  }
  return { symptom, tensor: layer.value.name, message: `every value of the map is the same: ${where} has no spatial contrast for this image; try a shallower layer` };
}
