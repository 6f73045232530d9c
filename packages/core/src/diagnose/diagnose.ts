import { gradientFrom } from "../backward.js";
import type { Classifier } from "../classifier.js";
import { compile } from "../compile/compile.js";
import type { CompiledMap } from "../compile/compiled-map.js";
import { addScore, copyOf } from "../compile/interface.js";
import { Explainer, type Explanation, type ExplanationMap } from "../explainer.js";
import type { Value } from "../graph/graph.js";
import { relu } from "../graph/math.js";
import { bottlenecksOf, layersOf } from "../layers.js";
import type { Combination } from "../methods/method.js";
import type { Runtime, TensorValue } from "../session.js";
import { diagnoseBrokenRun, isOfGradient } from "./broken-run.js";
import { type Diagnosis, symptomOf } from "./diagnosis.js";
import { largestOf, type Probed } from "./largest-values.js";

/**
 * Finds out why a map is blank: runs the model again, with the largest absolute value of every activation and of the
 * gradient on its way back as outputs, and looks for the place where it becomes 0. If something other than the gradient is
 * not finite, it repeats the run that gave it.
 * @param image the image that was explained, a batch of one
 * @param map one of the explanation's maps
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
  if (symptom === "not-a-number" && map.brokenRun && !isOfGradient(map.request)) {
    return diagnoseBrokenRun(classifier, runtime, map.request, map.brokenRun);
  }
  const probe = await probeGradient(classifier, runtime, image, explanation, map.request);
  const rectified =
    symptom === "all-zero" && (await isBlankByRelu(classifier, runtime, image, explanation, map.request));
  return judge(symptom, { ...probe, rectified }, map.request, explanation.combination);
}

/**
 * The first tensor of the forward pass that is not finite, for models that give no usable scores at all: the image,
 * weights, or a node's output. Undefined if all are finite.
 */
export async function firstNotFinite(
  classifier: Classifier,
  runtime: Runtime,
  image: TensorValue,
): Promise<{ tensor: string; message: string } | undefined> {
  if (image.data instanceof Float32Array && !image.data.every(Number.isFinite)) {
    return {
      tensor: classifier.image.name,
      message: "the preprocessed image has values that are not finite; check mean and std of the preprocessing",
    };
  }
  const copy = copyOf(classifier);
  const nodes = copy.model.graph.ancestors([copy.logits]);
  const values = nodes.flatMap((node) => [...node.reads(), ...node.outputs.filter((v) => v !== undefined)]);
  const first = (await largestOf(copy, runtime, image, values)).find(({ largest }) => !Number.isFinite(largest));
  if (!first) return undefined;
  const { value } = first;
  const message = value.producer
    ? `${value.label} gives values that are not finite, although its inputs are: it divides by zero or overflows; check the preprocessing and the weights of that node`
    : `the weights "${value.name}" have values that are not finite: the file is damaged, or training diverged; export the model again`;
  return { tensor: value.name, message };
}

interface Probe {
  /** Gradients from the logits back to the layer. */
  readonly gradients: readonly Probed[];
  /** Whether any element of the layer raises the score. */
  readonly rises: boolean;
  /** The layer's activation, or the image for methods that explain at the image. */
  readonly layer: Probed;
  /** The image, and the activations that every path from it to the logits passes. */
  readonly bottlenecks: readonly Probed[];
}

/** What of an explanation says what is explained. */
type Explained = Pick<Explanation, "target" | "combination">;

/** Whether the map is blank only because the option `relu` removes what is negative. */
async function isBlankByRelu(
  classifier: Classifier,
  runtime: Runtime,
  image: TensorValue,
  { target, combination }: Explained,
  { definition, layer, options }: CompiledMap,
): Promise<boolean> {
  if (options.relu !== true) return false;
  const request = { method: definition, ...(layer && { layer: layer.tensor }), options: { ...options, relu: false } };
  const compiled = compile(classifier, [request], combination ? { combination } : {});
  const explainer = await Explainer.create(compiled, runtime, { runs: 1 });
  try {
    const [explanation] = await explainer.explain(image, [target]);
    return explanation?.maps[0]?.values.some((v) => v < 0) ?? false;
  } finally {
    await explainer.release();
  }
}

async function probeGradient(
  classifier: Classifier,
  runtime: Runtime,
  image: TensorValue,
  { target, combination }: Explained,
  request: CompiledMap,
): Promise<Probe> {
  const copy = copyOf(classifier);
  const { graph } = copy.model;
  const score = addScore(copy, combination);
  const layer = (request.layer && graph.names.get(request.layer.tensor)) ?? copy.image;
  // a map shows nothing of tokens that have no place
  const tokens = request.layer && layersOf(copy).find(({ value }) => value === layer)?.tokens;
  const laid = (value: Value) => tokens?.lay(value) ?? value;
  const shown = laid(layer);
  const { backward = "gradient" } = request.definition;
  const trace = backward === "none" ? [] : gradientFrom(score.logits, score.seed, backward).trace(layer);
  const cotangents = trace.map(({ cotangent }) => cotangent);
  const rising = graph.within("rising", () => cotangents.slice(-1).map((g) => relu(laid(g))));
  const bottlenecks = [copy.image, ...bottlenecksOf(copy)];
  const found = await largestOf(copy, runtime, image, [shown, ...cotangents, ...rising, ...bottlenecks], target);
  const largest = new Map(found.map((f) => [f.value, f.largest]));
  const probed = (value: Value, measured = value): Probed => ({ value, largest: largest.get(measured) ?? Number.NaN });
  return {
    layer: probed(layer, shown),
    gradients: trace.map(({ value, cotangent }) => probed(value, cotangent)),
    rises: rising.every((value) => largest.get(value) !== 0),
    bottlenecks: bottlenecks.map((value) => probed(value)),
  };
}

function judge(
  symptom: Diagnosis["symptom"],
  { gradients, rises, layer, bottlenecks, rectified }: Probe & { readonly rectified: boolean },
  request: CompiledMap,
  combination: Combination | undefined,
): Diagnosis {
  const { stage, tensor } = request.layer ?? {};
  const aim = combination ? "what is explained" : "this class";
  const where = stage ? `${stage} ("${tensor}")` : tensor ? `"${tensor}"` : "the image";
  const found = (at: Value | undefined, message: string, as = symptom): Diagnosis => ({
    symptom: as,
    tensor: at?.name,
    message,
  });

  if (symptom === "not-a-number") {
    const first = gradients.find((g) => !Number.isFinite(g.largest));
    return first
      ? found(
          first.value,
          `the gradient by ${first.value.label} is not finite: a node that reads it divides by zero or overflows on the way back; choose a layer downstream of it, or check its values`,
        )
      : found(
          layer.value,
          `the gradient is finite but the map overflows, because the values at ${where} are too large; check the preprocessing (mean, std)`,
        );
  }
  const dead = bottlenecks.find((b) => b.largest === 0);
  if (dead && !dead.value.producer) {
    return found(
      dead.value,
      "the preprocessed image is zero everywhere, so there is nothing to explain; check the picture and the preprocessing (mean, std)",
    );
  }
  if (dead && dead.value !== layer.value) {
    return found(
      dead.value,
      `${dead.value.label} is zero everywhere for this image: every unit is inactive, so the image has no influence on the score; check the preprocessing (mean, std, channel order), or the model`,
    );
  }
  if (layer.largest === 0) {
    return found(
      layer.value,
      `all activations at ${where} are zero for this image: every unit is inactive; check the preprocessing (mean, std, channel order), or try another layer or method`,
    );
  }
  if (gradients.at(-1)?.largest === 0) {
    // upstream of the last gradient that is not 0, all are 0
    const first = gradients[gradients.findLastIndex((g) => g.largest !== 0) + 1];
    if (first === gradients[0] && combination?.kind === "probability") {
      return found(
        first?.value,
        "the class's probability is so near 0 or 1 that it does not change with the picture; explain the class itself, without prob",
      );
    }
    return found(
      first?.value,
      `the gradient is zero from ${first?.value.label} back to ${where}: the layers downstream of it are saturated or inactive for this image; check the preprocessing (mean, std, channel order), or try ${request.layer ? "a deeper layer" : "grad-cam at a deep layer"} or another target`,
    );
  }
  if (rectified) {
    return found(
      layer.value,
      `the weighted activations at ${where} are negative everywhere and the ReLU removes them, so nothing there speaks for ${aim}; set the option relu=false to see what speaks against it, or try another layer or target`,
      "negative",
    );
  }
  if (symptom === "all-zero" && request.layer && !rises) {
    return found(
      layer.value,
      `the gradient at ${where} is nowhere positive, so nothing there speaks for ${aim}; use grad-cam with the option relu=false to see what speaks against it, or try another layer or target`,
      "negative",
    );
  }
  if (symptom === "all-zero" && request.definition.family === "attention") {
    const { row } = request.options;
    const whose = typeof row === "number" ? `token ${row} attends to` : "is attended to";
    const advice =
      typeof row === "number"
        ? "in the last block, only the token that the classes are read from counts: leave out `row`, or use a method of all blocks, such as generic-attention"
        : "use generic-attention, legrad or grad-cam, or another target";
    return found(
      layer.value,
      `nothing that ${whose} speaks for ${aim}, and what speaks against it is left out; ${advice}`,
      "negative",
    );
  }
  return found(
    layer.value,
    request.layer
      ? `every value of the map is the same: ${where} has no spatial contrast for this image; try grad-cam at a shallower layer`
      : "every value of the map is the same: the image has no spatial contrast; check that the picture is not a single color",
  );
}
