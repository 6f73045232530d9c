import * as v from "valibot";
import { gradientFrom } from "../backward.js";
import { channelAxisOf } from "../channel-axis.js";
import type { Classifier } from "../classifier.js";
import { nameOutputs, TARGET, targetsTensor } from "../compile/interface.js";
import { LimnError } from "../error.js";
import type { Graph, Value } from "../graph/graph.js";
import {
  add,
  axesExcept,
  cast,
  div,
  gather,
  mul,
  pow,
  slice,
  sqrt,
  square,
  sub,
  sum,
  transpose,
} from "../graph/math.js";
import { rewrite } from "../graph/rewrite.js";
import type { Shape } from "../graph/tensor.js";
import { combinedScore, scoreProbability, scoreValue } from "../methods/combination.js";
import type { Combination } from "../methods/method.js";
import { classScore } from "../methods/seed.js";
import { mistakeOf } from "../mistake.js";
import { OncePerKey } from "../once-per-key.js";
import { openSession } from "../onnx/open-session.js";
import { option } from "../option.js";
import type { Preprocessing } from "../preprocess/preprocessing.js";
import type { Runtime, Session, TensorValue } from "../session.js";
import { Noise } from "./noise.js";
import { fourier, type Parameterization, type PictureShape, pixels } from "./parameterization.js";
import { viewed } from "./view.js";

/** Options of class model visualization, with what they do and their defaults. */
export const imagineOptions = v.strictObject({
  steps: option(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100_000)), 512, "steps of the climb"),
  seed: option(
    v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 32 - 1)),
    0,
    "the same seed gives the same picture",
  ),
  parameters: option(
    v.picklist(["fourier", "pixels"]),
    "fourier",
    "what is optimized: independent frequencies and colors, or the pixels",
  ),
  falloff: option(
    v.pipe(v.number(), v.minValue(0), v.maxValue(4)),
    1.25,
    "how fast the amplitudes of frequencies fall: 1 as in natural pictures, more for smoother ones",
  ),
  start: option(v.picklist(["noise", "zeros"]), "noise", "what the climb starts from"),
  optimizer: option(v.picklist(["adam", "plain"]), "adam", "how steps follow the gradient"),
  rate: option(v.pipe(v.number(), v.finite(), v.gtValue(0)), 0.05, "the size of a step"),
  jitter: option(
    v.pipe(v.number(), v.minValue(0), v.maxValue(0.5)),
    0.06,
    "largest shift of the view at each step, as a share of the picture",
  ),
  zoom: option(
    v.pipe(v.number(), v.minValue(0), v.maxValue(0.5)),
    0.1,
    "largest magnification or reduction of the view at each step",
  ),
  decay: option(v.pipe(v.number(), v.finite(), v.minValue(0)), 0.0005, "lambda of the L2 penalty on the parameters"),
  variation: option(v.pipe(v.number(), v.finite(), v.minValue(0)), 0, "weight of the total variation of the picture"),
});

/** Options of an `Imaginer`; missing ones have the defaults of `imagineOptions`. */
export type ImagineOptions = v.InferInput<typeof imagineOptions>;
type Settings = v.InferOutput<typeof imagineOptions>;

/** How far the climb has come. */
export interface Climb {
  /** The number of the step, from 1. */
  readonly step: number;
  /** How many steps there are. */
  readonly steps: number;
  /** The probability of the target at this step, 0 to 1. */
  readonly probability: number;
  /** Makes the picture of this step. */
  picture(): Promise<ImaginedPicture>;
}

/** A picture in bytes. */
export interface ImaginedPicture {
  readonly width: number;
  readonly height: number;
  /** height * width * 3 bytes, row by row: red, green, blue. */
  readonly rgb: Uint8Array;
}

/** The picture that a class likes best, and its scores. */
export interface Imagined extends ImaginedPicture {
  /** The class; of a combination, the first. */
  readonly target: number;
  /** Set if the picture is not that of a single class. */
  readonly combination?: Combination;
  /** What it has the most of: the class's logit, or the combination's value. */
  readonly value: number;
  /** The class's probability for the finished picture, neither moved nor zoomed: 0 to 1. */
  readonly probability: number;
  /** The class's logit for the same. */
  readonly logit: number;
}

/** Follows the climb, and can stop it. */
export interface ImagineCall {
  /** Is called after every step; the climb waits for it. */
  readonly onStep?: (climb: Climb) => void | Promise<void>;
  /** If it is aborted, `imagine` rejects with its reason before the next step. An AbortSignal fits. */
  readonly signal?: { throwIfAborted(): void };
}

/**
 * Class model visualization (Simonyan et al. 2013), sec. 2: the picture that a class's score likes best.
 *
 *   argmax_I  y_c(I) - lambda |x|^2      I = I(x), x <- x + eta d/dx
 *
 * For a combination, its value takes the place of y_c. One graph makes one step: the picture from its parameters, a view of it, the classifier, its gradient, and the optimizer.
 * Call `release` when you are done.
 * @example
 * const imaginer = await Imaginer.create(classifier, runtime, preprocessing, { steps: 256 });
 * const { width, height, rgb, probability } = await imaginer.imagine(207);
 * await imaginer.release();
 */
export class Imaginer {
  /** All options, defaults included. */
  readonly settings: Settings;
  readonly #shape: PictureShape;
  readonly #classes: number;
  readonly #deviation: number;
  readonly #open: (combination: Combination | undefined) => Promise<Session>;
  /** By what is explained; one session serves all single classes. */
  readonly #sessions = new OncePerKey<string, Session>();

  private constructor(
    settings: Settings,
    shape: PictureShape,
    classes: number,
    deviation: number,
    open: (combination: Combination | undefined) => Promise<Session>,
  ) {
    this.settings = settings;
    this.#shape = shape;
    this.#classes = classes;
    this.#deviation = deviation;
    this.#open = open;
  }

  /**
   * @param classifier loaded for a batch of 1
   * @param preprocessing what the model expects of pictures
   * @throws LimnError `bad-option` with the option and its limits, `not-applicable` for a model whose input is not a single
   *   picture
   */
  static async create(
    classifier: Classifier,
    runtime: Runtime,
    preprocessing: Pick<Preprocessing, "rescale" | "mean" | "std" | "channels">,
    options: ImagineOptions = {},
  ): Promise<Imaginer> {
    const settings = settingsOf(options);
    const shape = pictureShapeOf(classifier);
    const parameterization = settings.parameters === "fourier" ? fourier(shape, settings.falloff) : pixels;
    const open = async (combination: Combination | undefined) => {
      const model = climbGraph(classifier, shape, parameterization, preprocessing, settings, combination);
      return openSession(model, runtime, { weights: classifier.weights });
    };
    return new Imaginer(settings, shape, classifier.classes, parameterization.deviation, open);
  }

  /**
   * Climbs to the picture that a class, or a combination of classes, likes best.
   * @param wanted a class index, or a combination of class indices
   * @throws LimnError `bad-option` for a class that the model lacks, `not-applicable` for a probability that it lacks,
   *   `unsupported` if an operator on the way has no gradient, `runtime` if scores become infinite or NaN; the signal's
   *   reason if it is aborted
   */
  async imagine(wanted: number | Combination, { onStep, signal }: ImagineCall = {}): Promise<Imagined> {
    const combination = typeof wanted === "number" ? undefined : wanted;
    const target = typeof wanted === "number" ? wanted : wanted.of;
    for (const index of combination?.kind === "difference" ? [target, combination.other] : [target]) {
      if (Number.isInteger(index) && index >= 0 && index < this.#classes) continue;
      throw new LimnError(
        "bad-option",
        `target ${index}: the model has ${this.#classes} classes; give 0 to ${this.#classes - 1}`,
      );
    }
    const session = await this.#sessions.get(JSON.stringify(combination ?? "class"), () => this.#open(combination));
    const { steps, seed, start, jitter, zoom } = this.settings;
    const { channels, height, width } = this.#shape;
    const dims = [1, channels, height, width];
    const noise = new Noise(seed);
    const zeros: TensorValue = { dtype: "float32", dims, data: new Float32Array(channels * height * width) };
    let state: Record<string, TensorValue> = {
      parameters: start === "noise" ? { ...zeros, data: noise.normal(zeros.data.length, this.#deviation) } : zeros,
      momentum: zeros,
      scale: zeros,
    };
    const chosen = targetsTensor([target]);
    const feeds = (view: View, step: number) => ({
      ...state,
      [TARGET]: chosen,
      shift: float32([2], view.shift),
      zoom: float32([1], [view.zoom]),
      step: float32([1], [step]),
    });
    const look = async (): Promise<Imagined> => {
      const results = await session.run(feeds(STRAIGHT, 1), ["picture", "probability", "logit", "value"]);
      return {
        width,
        height,
        rgb: results.picture?.data as Uint8Array,
        target,
        ...(combination ? { combination } : {}),
        value: numberOf(results.value),
        probability: numberOf(results.probability),
        logit: numberOf(results.logit),
      };
    };
    for (let step = 1; step <= steps; step++) {
      signal?.throwIfAborted();
      const view = {
        shift: [noise.between(-jitter, jitter) * height, noise.between(-jitter, jitter) * width],
        zoom: 1 + noise.between(-zoom, zoom),
      };
      const results = await session.run(feeds(view, step), [
        "next/parameters",
        "next/momentum",
        "next/scale",
        "probability",
      ]);
      const next = (name: string) => results[`next/${name}`] as TensorValue;
      state = { parameters: next("parameters"), momentum: next("momentum"), scale: next("scale") };
      const probability = numberOf(results.probability);
      if (!Number.isFinite(probability)) {
        throw new LimnError("runtime", `step ${step}: the scores are no longer finite; choose a smaller rate`);
      }
      await onStep?.({ step, steps, probability, picture: look });
    }
    return look();
  }

  /** Frees what ONNX Runtime holds; the imaginer can't be used afterwards. */
  async release(): Promise<void> {
    await Promise.all((await this.#sessions.all()).map((session) => session.release()));
  }
}

interface View {
  readonly shift: readonly number[];
  readonly zoom: number;
}

const STRAIGHT: View = { shift: [0, 0], zoom: 1 };

const float32 = (dims: Shape, data: readonly number[]): TensorValue => ({
  dtype: "float32",
  dims,
  data: Float32Array.from(data),
});

const numberOf = (value: TensorValue | undefined): number => Number(value?.data[0]);

function settingsOf(options: ImagineOptions): Settings {
  const parsed = v.safeParse(imagineOptions, options);
  if (parsed.success) return parsed.output;
  const { path, message } = mistakeOf(parsed.issues);
  const name = path.join(".");
  const value = (options as Record<string, unknown>)[name];
  throw new LimnError(
    "bad-option",
    name ? `imagine: ${name} = ${JSON.stringify(value)}: ${message}` : `imagine: options: ${message}`,
  );
}

function pictureShapeOf({ image }: Classifier): PictureShape {
  const axis = image.rank === 4 ? channelAxisOf(image) : 1;
  const [batch, ...rest] = image.dims;
  const [channels, height, width] = (axis === 1 ? rest : [rest[2], rest[0], rest[1]]) as [number, number, number];
  if (image.rank === 4 && batch === 1 && (channels === 1 || channels === 3)) return { channels, height, width };
  throw new LimnError(
    "not-applicable",
    `the input [${image.dims.join(", ")}] is not a single picture; load the model with the input shape 1,3,height,width`,
  );
}

/** Adam's usual constants (Kingma and Ba 2014). */
const ADAM = { first: 0.9, second: 0.999, epsilon: 1e-8 };

function climbGraph(
  classifier: Classifier,
  shape: PictureShape,
  { rgb: pictureOf }: Parameterization,
  preprocessing: Pick<Preprocessing, "rescale" | "mean" | "std" | "channels">,
  settings: Settings,
  combination: Combination | undefined,
) {
  const dims = [1, shape.channels, shape.height, shape.width];
  const inputs = new Map<string, Value>();
  const write = (graph: Graph): Value => {
    const input = (name: string, shape: Shape) => {
      const value = graph.addInputNamed(name, "float32", shape);
      inputs.set(name, value);
      return value;
    };
    const x = input("parameters", dims);
    const [shift, zoom] = [input("shift", [2]), input("zoom", [1])];
    const rgb = graph.within("imagine/picture", () => pictureOf(x));
    inputs.set("rgb", rgb);
    const view = graph.within("imagine/view", () => viewed(rgb, shift, zoom));
    return graph.within("imagine/input", () => asInput(view, classifier, preprocessing));
  };
  const { graph, successors } = rewrite(classifier.model.graph, () => undefined, {
    outputs: [classifier.logits],
    input: (input, target) =>
      input === classifier.image ? write(target) : target.addInput(input.name, input.dtype, input.shape),
  });
  const named = (name: string) => inputs.get(name) as Value;
  const logits = successors.get(classifier.logits) as Value;
  const x = named("parameters");
  const target = graph.addInputNamed(TARGET, "int64", [1]);
  const ofClass = classScore(logits, target, classifier);
  const score = combination ? combinedScore(logits, combination, classifier) : ofClass;
  const upwards = graph.within("imagine", () => {
    const slope = gradientFrom(logits, score.seed).at(x);
    const penalized = settings.decay > 0 ? sub(slope, mul(x, 2 * settings.decay)) : slope;
    return settings.variation > 0
      ? sub(penalized, mul(variationGradient(named("rgb"), x), settings.variation))
      : penalized;
  });
  const outputs = graph.within("imagine/step", () => stepped(graph, x, upwards, settings));
  const all: Record<string, Value> = {
    ...outputs,
    probability: scoreProbability(ofClass, classifier),
    logit: scoreValue(ofClass, classifier),
    value: scoreValue(score, classifier),
    picture: graph.within("imagine", () => bytesOf(named("rgb"), shape)),
  };
  graph.outputs.splice(0);
  nameOutputs(graph, Object.entries(all));
  return { ...classifier.model, graph };
}

/** Preprocesses a picture of the right size, whose values are from 0 to 1. */
function asInput(
  rgb: Value,
  { image }: Classifier,
  { rescale, mean, std, channels }: Pick<Preprocessing, "rescale" | "mean" | "std" | "channels">,
): Value {
  const perChannel = (numbers: readonly number[]) => rgb.graph.constant("float32", [1, numbers.length, 1, 1], numbers);
  const ordered = channels === "bgr" ? gather(rgb, [2, 1, 0], 1) : rgb;
  const standardized = div(sub(mul(ordered, 255 * rescale), perChannel(mean)), perChannel(std));
  const laidOut = channelAxisOf(image) === 3 ? transpose(standardized, [0, 2, 3, 1]) : standardized;
  return cast(laidOut, image.dtype ?? "float32");
}

/** The parameters and the optimizer's state after one step along the slope. */
function stepped(graph: Graph, x: Value, slope: Value, { optimizer, rate }: Settings): Record<string, Value> {
  const input = (name: string, dims: Shape) => graph.addInputNamed(name, "float32", dims);
  const [m, v, t] = [input("momentum", x.dims), input("scale", x.dims), input("step", [1])];
  const identity = (value: Value) => graph.emit("Identity", [value]);
  if (optimizer === "plain") {
    // all steps have the same length, whether the score is steep or flat
    const length = sqrt(add(sum(square(slope), axesExcept(slope, [])), 1e-20));
    const size = Math.sqrt(x.dims.reduce((a, b) => a * b, 1));
    const next = add(x, mul(div(slope, length), rate * size));
    return { "next/parameters": next, "next/momentum": identity(m), "next/scale": identity(mul(v, 1)) };
  }
  const { first, second, epsilon } = ADAM;
  const momentum = add(mul(m, first), mul(slope, 1 - first));
  const scale = add(mul(v, second), mul(square(slope), 1 - second));
  const corrected = (value: Value, beta: number) => div(value, sub(1, pow(graph.constant("float32", [1], [beta]), t)));
  const direction = div(corrected(momentum, first), add(sqrt(corrected(scale, second)), epsilon));
  return { "next/parameters": add(x, mul(direction, rate)), "next/momentum": momentum, "next/scale": scale };
}

/** d/dx of the sum of squared differences between neighboring pixels. */
function variationGradient(rgb: Value, x: Value): Value {
  const between = (axis: number) => {
    const all = rgb.dims[axis] as number;
    const after = slice(rgb, [{ axis, start: 1, end: all }]);
    const before = slice(rgb, [{ axis, start: 0, end: all - 1 }]);
    return sum(square(sub(after, before)), axesExcept(rgb, []));
  };
  const total = add(between(2), between(3));
  const one = total.graph.constant("float32", total.dims, [1]);
  return gradientFrom(total, one, "gradient", "variation").at(x);
}

/** [H, W, 3] bytes. */
function bytesOf(rgb: Value, { channels, height, width }: PictureShape): Value {
  const { graph } = rgb;
  const three = channels === 3 ? rgb : graph.emit("Concat", [rgb, rgb, rgb], { axis: 1 });
  const rounded = graph.emit("Round", [mul(three, 255)]);
  return cast(graph.emit("Reshape", [transpose(rounded, [0, 2, 3, 1]), graph.ints([height, width, 3])]), "uint8");
}
