import { gradientFrom } from "../backward.js";
import { channelAxisOf } from "../channel-axis.js";
import type { Classifier } from "../classifier.js";
import { LimnError } from "../error.js";
import { Graph, Value } from "../graph/graph.js";
import { cast, expand } from "../graph/math.js";
import type { Model } from "../graph/model.js";
import { graft } from "../graph/rewrite.js";
import { type Shape, sameShape, type Tensor } from "../graph/tensor.js";
import { checkValue } from "../methods/check-value.js";
import { scoreProbability, scoreValue, weightedScore } from "../methods/combination.js";
import type {
  BeginContext,
  Classified,
  Combination,
  IteratedMethod,
  IteratedOutput,
  Options,
  Score,
  SharedContext,
  State,
  StepContext,
} from "../methods/method.js";
import { pictureSize } from "../methods/samples.js";
import type { InputRange } from "../relevance/input-range.js";
import { IMAGE, nameOutputs } from "./interface.js";
import { sortByDepth } from "./order.js";

// A method that runs the classifier many times is compiled in one of two ways: into pieces of graph, each with its own
// session, whose inputs and outputs are what the steps pass on; or into one graph around ONNX's Loop.

/** Names of the pieces' inputs and outputs. */
export const STEP = "step";
export const MAP = "map";
export const stateName = (key: string): string => `state/${key}`;
export const nextName = (key: string): string => `next/${key}`;
export const indicatorName = (name: string): string => `indicator/${name}`;

/** Name under which the weights of the explained classes are part of the state; a method's own keys have no slash. */
const WEIGHTS = "explained/weights";

/** How many pictures of 224 x 224 a step classifies at a time: larger batches are hardly faster, and take more memory. */
const USUAL_BATCH = 8;
const LARGEST_BATCH = 64;

/**
 * How many pictures a step should classify at a time: 8 of 224 x 224 pixels, more of smaller ones, fewer of larger ones;
 * 1 for models whose batch is fixed.
 */
export function batchFor({ image, model }: Pick<Classifier, "image" | "model">): number {
  const fixed = model.graph.inputs[0]?.declared?.[0];
  if (typeof fixed === "number" && fixed > 0) return 1;
  const [height, width] = pictureSize(image, channelAxisOf(image));
  return Math.min(LARGEST_BATCH, Math.max(1, Math.floor((USUAL_BATCH * 224 ** 2) / (height * width))));
}

/** The graphs of a map that takes many runs. An `Explainer` runs them, and feeds each step with what the one before gave. */
export interface Pieces {
  /** How many times `step` is run. */
  readonly steps: number;
  /** What is passed from step to step: each key, and the output of the compiled graph that it starts as. */
  readonly state: readonly { readonly key: string; readonly output: string }[];
  /** The keys for which every step gives new values. */
  readonly changing: readonly string[];
  /** image, step and state -> next state */
  readonly step: Model;
  /** image and state -> map and indicators */
  readonly end: Model;
}

/** An iterated method for one image and its options, whose first piece is written. */
export interface Begun {
  readonly method: IteratedMethod;
  readonly options: Options;
  readonly steps: number;
  /** The first state, as values of the compiled graph. */
  readonly state: State;
  /** What is explained, if it is not a single class. */
  readonly combination: Combination | undefined;
  /** The classifier for a step's pictures. */
  readonly batched: Classifier;
}

/**
 * What an iterated method sees before the first step, except its layer.
 * @param batched the classifier for as many pictures as a step classifies
 */
export function beginContext<Context extends SharedContext>(
  method: IteratedMethod,
  context: Context,
  { range, batched }: { readonly range: InputRange | undefined; readonly batched: Classifier },
) {
  const { score, image, classifier } = context;
  const otherwise = (picture: Value): Score => {
    // several maps of one graph may each classify other pictures at the beginning
    const logits = graft(score.logits, new Map([[image, picture]]), image.graph, picture.name);
    const { seed, weights = seed, combination } = score;
    return { target: score.target, ...weightedScore(logits, weights, combination, classifier) };
  };
  return {
    ...context,
    range,
    batch: batched.image.dims[0] as number,
    classify(picture: Value) {
      checkPictures(method, picture, image, image.dims);
      return scoresOf(picture === image ? score : otherwise(picture), classifier);
    },
  };
}

/** Writes a method's first piece into the compiled graph. */
export function begin(method: IteratedMethod, options: Options, context: BeginContext, batched: Classifier): Begun {
  const { score, image } = context;
  if (image.dims[0] !== 1) {
    throw new LimnError(
      "bad-option",
      `${method.name} explains images one by one, but the model is loaded for batches of ${image.dims[0]}; load it for a batch of 1`,
    );
  }
  const { seed, weights = seed, combination } = score;
  const state = { ...method.begin(context, options), [WEIGHTS]: cast(weights, "float32") };
  return { method, options, steps: method.steps(context, options), state, combination, batched };
}

const scoresOf = (score: Omit<Score, "target">, classifier: Classifier): Omit<Classified, "gradient"> => ({
  score: scoreValue(score, classifier),
  probability: scoreProbability(score, classifier),
});

/**
 * The step and the end, each as a model.
 * @param name under which the compiled graph gives the state's first values: `name/key`
 */
export function piecesOf(begun: Begun, name: string) {
  const { method, options, state, batched, steps } = begun;
  const modelOf = (graph: Graph): Model => {
    sortByDepth(graph);
    return { ...batched.model, graph };
  };

  const step = new Graph();
  const { next } = writeStep(begun, step);
  nameOutputs(
    step,
    Object.entries(next).map(([key, value]) => [nextName(key), value]),
  );

  const end = new Graph();
  const image = addImage(end, batched);
  const { map, indicators = [] } = asOutput(method.end(endContext(image), addState(end, state), options));
  nameOutputs(end, [
    [MAP, map],
    ...indicators.map((indicator): [string, Value] => [indicatorName(indicator.name), indicator.value]),
  ]);
  const pieces: Pieces = {
    steps,
    state: Object.keys(state).map((key) => ({ key, output: `${name}/${key}` })),
    changing: Object.keys(next),
    step: modelOf(step),
    end: modelOf(end),
  };
  const described = indicators.map(({ value: _, ...told }) => ({ ...told, output: indicatorName(told.name) }));
  return { shape: map.dims, indicators: described, pieces };
}

/** Writes all steps into the compiled graph as one Loop, and the end after it. @param name name of the Loop's node */
export function writeLoop(image: Value, begun: Begun, name: string): IteratedOutput {
  const { method, options, state, steps } = begun;
  const { graph } = image;
  const body = new Graph();
  const step = writeStep(begun, body, (iteration) => {
    const going = body.addInput("going", "bool", []);
    body.addOutputNamed("going/on", going);
    return iteration;
  });
  const controlled = body.nodes.find((node) => node.captures.length > 0);
  if (controlled) {
    throw new LimnError(
      "unsupported",
      `${controlled.label}: ${method.name} can't be saved for a model with control flow; export the model without If, Loop and Scan`,
    );
  }
  const changing = Object.keys(step.next);
  nameOutputs(
    body,
    Object.entries(step.next).map(([key, value]) => [nextName(key), value]),
  );
  // what does not change from step to step is read from the outer graph, above all the weights
  const captures = new Map<Value, Value>([[step.image, image]]);
  for (const [key, value] of Object.entries(step.state)) {
    if (!changing.includes(key)) captures.set(value, state[key] as Value);
  }
  for (const constant of body.initializers) {
    const { initializer } = constant;
    if (initializer && initializer.data.kind !== "bytes")
      captures.set(constant, lifted(constant.name, initializer, graph));
  }
  const trips = graph.constant("int64", [], [steps]);
  const always = graph.constant("bool", [], [1]);
  const loop = graph.append(
    {
      name,
      opType: "Loop",
      inputs: [trips, always, ...changing.map((key) => state[key])],
      attributes: new Map(),
      captures: [...captures.values()],
      body: { graph: body, captured: [...captures.keys()] },
    },
    changing.map((key) => ({ ...typeOf(state[key] as Value), name: `${name}/${key}` })),
  );
  const last = { ...state, ...Object.fromEntries(changing.map((key, i) => [key, loop.outputs[i] as Value])) };
  return asOutput(method.end(endContext(image), last, options));
}

/**
 * Writes a step into a graph of its own.
 * @param andThen adds inputs between the step's number and the state
 */
function writeStep(
  { method, options, state: begun, combination, batched }: Begun,
  graph: Graph,
  andThen: (step: Value) => Value = (step) => step,
): { image: Value; state: State; next: State } {
  const step = andThen(graph.addInput(STEP, "int64", []));
  const state = addState(graph, begun);
  const image = addImage(graph, batched);
  const context: StepContext = {
    ...endContext(image),
    batch: batched.image.dims[0] as number,
    step,
    classify(pictures) {
      checkPictures(method, pictures, image, batched.image.dims);
      return classified(pictures, state[WEIGHTS] as Value, combination, batched);
    },
  };
  const made = graph.within(method.name, () => method.step(context, state, options));
  // in the order of the state, which may differ from the method's
  const next: Record<string, Value> = {};
  for (const key of Object.keys(state)) {
    const value = made[key];
    if (value) next[key] = value;
  }
  return { image, state, next };
}

function checkPictures(method: IteratedMethod, pictures: Value, { graph }: Value, dims: Shape): void {
  checkValue(method, "what it classifies is", pictures, graph, {
    fits: (value) => sameShape(value.dims, dims),
    advice: `give pictures [${dims.join(", ")}]: a step as many as \`batch\` says, \`begin\` as many as there are images`,
  });
}

/** @param weights of the explained classes, [1, classes] */
function classified(
  pictures: Value,
  weights: Value,
  combination: Combination | undefined,
  batched: Classifier,
): Classified {
  const { graph } = pictures;
  const logits = graft(batched.logits, new Map([[batched.image, pictures]]), graph, "model");
  const repeated = cast(expand(weights, logits.dims), logits.dtype ?? "float32");
  const score = weightedScore(logits, repeated, combination, batched);
  return {
    ...scoresOf(score, batched),
    gradient: () => gradientFrom(logits, score.seed).at(pictures),
  };
}

const addImage = (graph: Graph, { image: { dims } }: Classifier): Value =>
  graph.addInput(IMAGE, "float32", [1, ...dims.slice(1)]);

const addState = (graph: Graph, state: State): State =>
  Object.fromEntries(
    Object.entries(state).map(([key, { dtype, dims }]) => [key, graph.addInput(stateName(key), dtype, dims)]),
  );

const endContext = (image: Value) => ({ graph: image.graph, image, channelAxis: channelAxisOf(image) });

const asOutput = (made: IteratedOutput | Value): IteratedOutput => (made instanceof Value ? { map: made } : made);

/** The outer graph's constant with these contents. */
function lifted(name: string, constant: Tensor, graph: Graph): Value {
  const same = graph.initializers.find(({ initializer }) => initializer && isSame(initializer, constant));
  return same ?? graph.addInitializer(name, constant);
}

function isSame(a: Tensor, b: Tensor): boolean {
  if (a.data.kind === "file" && b.data.kind === "file") {
    const { location, offset, length } = b.data;
    const sameRange = a.data.location === location && a.data.offset === offset && a.data.length === length;
    return sameRange && a.dtype === b.dtype && sameShape(a.dims, b.dims);
  }
  return a.origin !== undefined && a.origin === b.origin;
}

const typeOf = ({ dtype, shape }: Value) => ({ dtype, shape });
