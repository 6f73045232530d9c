import { Sweep, type SweepName, sweepSteps } from "./backward.js";
import { type Classifier, channelAxisOf, probabilitiesOf } from "./classifier.js";
import { compositeOf, keyOf } from "./composites/registry.js";
import { LimnError } from "./error.js";
import { Value } from "./graph/graph.js";
import { cast } from "./graph/math.js";
import type { Model } from "./graph/model.js";
import { rewrite } from "./graph/rewrite.js";
import { isFloat } from "./graph/tensor.js";
import { begin, beginContext, IMAGE, nameOutputs, type Pieces, piecesOf, writeLoop } from "./iteration.js";
import { findLayer, type Layer, layersOf } from "./layers.js";
import type { Figure, IteratedMethod, Method, MethodContext, MethodOutput, Options, Score } from "./methods/method.js";
import { isIterated, parseOptions } from "./methods/method.js";
import { findMethod } from "./methods/registry.js";
import { classScore } from "./methods/seed.js";
import { encodeModel } from "./onnx/encode.js";
import type { ReadWeights } from "./onnx/tensors.js";
import { type InputRange, inputRangeOf } from "./relevance/input-range.js";
import { planOf } from "./relevance/plan.js";
import { Propagation } from "./relevance/propagation.js";
import type { TensorValue } from "./session.js";
import { VERSION } from "./version.js";

/** One map that is asked for. */
export interface MapRequest {
  /** A method's name or that of one of its variants, or a method of your own, as `defineMethod` gives it. */
  readonly method: string | Method;
  /** For methods made at a layer: see `findLayer`. Default `last`. */
  readonly layer?: string;
  readonly options?: Options;
}

/** One map that the compiled graph gives. */
export interface CompiledMap {
  /** The graph's output, [N, h, w] or [N, C, H, W]. */
  readonly output: string;
  readonly method: string;
  /** The method itself. */
  readonly definition: Method;
  /** What the user called it: the method or one of its variants. */
  readonly name: string;
  readonly options: Options;
  /** The layer that the map was made at: its tensor's name and, where it stands for one, its stage. */
  readonly layer: { readonly tensor: string; readonly stage: string | undefined } | undefined;
  readonly shape: readonly number[];
  readonly signed: boolean;
  /** An output that is 0 where the method's preconditions hold. */
  readonly residual: { readonly output: string; readonly meaning: string } | undefined;
  /** Numbers beside the map; see `Figure`. */
  readonly figures: readonly (Omit<Figure, "value"> & { readonly output: string })[];
  /** For maps that take many runs: what is run, and how often. Then the map is no output of the graph itself. */
  readonly pieces: Pieces | undefined;
}

export interface CompileOptions {
  /** Whether the graph also gives logits, probabilities and the checks of preconditions, as `Explainer` needs them. Default true. */
  readonly scores?: boolean;
  /** The lowest and highest possible value of the preprocessed image, one or one per channel: rules for pixels need them. */
  readonly inputRange?: InputRange;
  /**
   * The same classifier, loaded for batches: methods that take many runs classify so many pictures in each. Default: one
   * by one. See `batchFor`.
   */
  readonly batched?: Classifier;
  /**
   * How methods that take many runs are compiled: into pieces that an `Explainer` runs one after the other, or into
   * the one graph, around an ONNX Loop, which can be saved. Default `pieces`.
   */
  readonly iterated?: "pieces" | "loop";
  /** Takes a request that the model can't have, which is then left out. Without it, `compile` throws the reason. */
  readonly onRefused?: (request: MapRequest, reason: LimnError) => void;
}

/** A graph that takes an image and a target class and gives maps, with the scores beside them. */
export interface Compiled {
  readonly model: Model;
  readonly classifier: Classifier;
  readonly maps: readonly CompiledMap[];
}

/** Names of the compiled graph's inputs and of the outputs beside the maps. */
export { IMAGE };
export const TARGET = "target";
export const LOGITS = "logits";
export const PROBABILITIES = "probabilities";

/** What the input `TARGET` takes where all images of a batch are explained for one class; -1 for the predicted ones. */
export function targetTensor({ logits }: Pick<Classifier, "logits">, target: number): TensorValue {
  return targetsTensor(new Array<number>(logits.dims[0] as number).fill(target));
}

/** The same for a class of each image. */
export const targetsTensor = (targets: readonly number[]): TensorValue => ({
  dtype: "int64",
  dims: [targets.length],
  data: BigInt64Array.from(targets, BigInt),
});

/**
 * Writes the backward passes of all requested maps into one graph. They share the forward pass and whatever
 * else they have in common.
 * @throws LimnError `bad-option` for unknown methods, layers and options, `not-applicable` where a method
 *   does not fit the model, `unsupported` where an operator on the way has no gradient
 */
export function compile(
  classifier: Classifier,
  requests: readonly MapRequest[],
  options: CompileOptions = {},
): Compiled {
  const copy = copyOf(classifier);
  const { image, logits, model } = copy;
  const { graph } = model;
  const target = graph.addInput(TARGET, "int64", [logits.dims[0] as number]);
  const score = classScore(logits, target);
  const layers = layersOf(copy);
  const shared = {
    image,
    channelAxis: channelAxisOf(image),
    score,
    classifier: copy,
    relevance: relevances(copy, options),
  };
  const gradientOf = gradients();
  const contextOf = (method: Method) => ({ ...shared, gradient: gradientOf(method) });

  const outputs: [string, Value][] = [];
  const checks: [string, Value][] = [];
  const names: string[] = [];
  const mapOf = (request: MapRequest): CompiledMap => {
    const { method, name: called, preset } = findMethod(request.method);
    const parsed = parseOptions(method, { ...preset, ...request.options });
    const choice = request.layer ?? (method.usesLayer === true ? "last" : undefined);
    const layer = method.usesLayer && choice !== undefined ? findLayer(copy, choice, layers) : undefined;
    const name = uniqueName(request.layer && layer ? `${called}/${request.layer}` : called, names);
    names.push(name);
    const described = { output: name, method: method.name, definition: method, name: called, options: parsed };
    const signed = method.signed(parsed);
    if (isIterated(method)) {
      const { shape, figures, pieces } = graph.within(name, () => iteratedMap(method, parsed, layer?.value, name));
      return { ...described, layer: layer && placeOf(layer), shape, signed, residual: undefined, figures, pieces };
    }
    const made = graph.within(called, () => method.map(contextWith(contextOf(method), layer?.value, method), parsed));
    const { map, residual, layer: ownLayer } = asOutput(made);
    const at = layer ?? (ownLayer && (layers.find((l) => l.value === ownLayer) ?? unlisted(ownLayer)));
    outputs.push([name, map]);
    if (residual) checks.push([`${name}/residual`, residual.value]);
    return {
      ...described,
      layer: at && placeOf(at),
      shape: map.dims,
      signed,
      residual: residual && { output: `${name}/residual`, meaning: residual.meaning },
      figures: [],
      pieces: undefined,
    };
  };
  const iteratedMap = (method: IteratedMethod, parsed: Options, layer: Value | undefined, name: string) => {
    const { batched = classifier } = options;
    const whole = beginContext(contextOf(method), { range: options.inputRange, batched });
    const begun = begin(method, parsed, contextWith(whole, layer, method), batched);
    if (options.iterated === "loop") {
      const { map, figures = [] } = writeLoop(shared, begun, `${name}/loop`);
      outputs.push([name, map]);
      checks.push(...figures.map((figure): [string, Value] => [`${name}/${figure.name}`, figure.value]));
      const described = figures.map(({ value: _, ...figure }) => ({ ...figure, output: `${name}/${figure.name}` }));
      return { shape: map.dims, figures: described, pieces: undefined };
    }
    const begins = Object.entries(begun.state).map(([key, value]): [string, Value] => [`${name}/${key}`, value]);
    outputs.push(...begins);
    return piecesOf(begun, name);
  };
  const maps = requests.flatMap((request) => {
    try {
      return [mapOf(request)];
    } catch (error) {
      if (!options.onRefused || !isRefusal(error)) throw error;
      options.onRefused(request, error);
      return [];
    }
  });
  if (options.scores !== false) {
    outputs.push(
      [LOGITS, logits],
      [PROBABILITIES, graph.within(PROBABILITIES, () => probabilitiesOf(logits, copy))],
      ...checks,
    );
  }
  return { model: withNamedOutputs(model, outputs), classifier, maps };
}

/** Whether an error says that the model can't have a map, rather than that it was asked for wrongly. */
const isRefusal = (error: unknown): error is LimnError =>
  error instanceof LimnError && (error.code === "not-applicable" || error.code === "unsupported");

/** A graph of its own for what a compilation writes. */
export function copyOf(classifier: Classifier): Classifier {
  const { graph, successors } = rewrite(classifier.model.graph, () => undefined, { outputs: [classifier.logits] });
  const after = (value: Value) => successors.get(value) as Value;
  return {
    ...classifier,
    model: { ...classifier.model, graph },
    image: after(classifier.image),
    logits: after(classifier.logits),
  };
}

/** Gradients that all methods share: one sweep per score and way of passing ReLUs. */
function gradients(): (method: Method) => MethodContext["gradient"] {
  const known = new Map<SweepName, Map<Score, Sweep>>();
  return ({ name, sweep = "gradient" }) =>
    (score, value) => {
      if (sweep === "none") {
        const advice = 'leave out its sweep "none"';
        throw new LimnError("bad-option", `method ${name}: it takes a gradient but says that it takes none; ${advice}`);
      }
      const byScore = known.get(sweep) ?? new Map<Score, Sweep>();
      known.set(sweep, byScore);
      const shared = byScore.get(score) ?? new Sweep(new Map([[score.logits, score.seed]]), sweepSteps[sweep], sweep);
      byScore.set(score, shared);
      return shared.at(value);
    };
}

/** Relevance that all methods share: one sweep per seed and way of propagation. */
function relevances(classifier: Classifier, { inputRange }: CompileOptions): MethodContext["relevance"] {
  const sweeps = new Map<string, Map<Value, Sweep>>();
  return (seed, value, { composite, epsilon }) => {
    const key = `${keyOf(composite)} ${epsilon}`;
    const bySeed = sweeps.get(key) ?? new Map<Value, Sweep>();
    sweeps.set(key, bySeed);
    const known = bySeed.get(seed);
    if (known) return known.at(value);
    const plan = planOf(classifier, compositeOf(composite));
    const { step } = new Propagation(plan, { epsilon, range: inputRangeOf(classifier, inputRange) });
    const sweep = new Sweep(new Map([[classifier.logits, seed]]), step, "relevance");
    bySeed.set(seed, sweep);
    return sweep.at(value);
  };
}

function contextWith<Context extends Omit<MethodContext, "layer" | "place">>(
  context: Context,
  layer: Value | undefined,
  method: Method,
): Context & MethodContext {
  return {
    ...context,
    place: layer ?? context.image,
    get layer(): Value {
      if (layer) return layer;
      const advice = "define it with usesLayer: true, or read `place` if the layer is optional";
      throw new LimnError("bad-option", `method ${method.name}: it reads a layer but does not say so; ${advice}`);
    },
  };
}

const asOutput = (made: MethodOutput | Value): MethodOutput => (made instanceof Value ? { map: made } : made);

const placeOf = ({ tensor, stage }: Pick<Layer, "tensor" | "stage">) => ({ tensor, stage });

/** How a layer is reported that `layersOf` does not list. */
const unlisted = (value: Value) => ({ tensor: value.name, stage: undefined });

const uniqueName = (name: string, taken: readonly string[]): string => {
  let unique = name;
  for (let n = 2; taken.includes(unique); n++) unique = `${name}_${n}`;
  return unique;
};

/** The graph with just these outputs, under just these names, and nothing that they don't need. */
export function withNamedOutputs(model: Model, outputs: readonly (readonly [string, Value])[]): Model {
  const { graph } = model;
  const [image, target] = graph.inputs;
  // the user's own tensors may be called so too: they step aside
  if (image) graph.rename(image, IMAGE);
  if (target) graph.rename(target, TARGET);
  const values = outputs.map(([, value]) => (isFloat(value.dtype) ? cast(value, "float32") : value));
  const pruned = rewrite(graph, () => undefined, { outputs: values }).graph;
  const made = pruned.outputs.splice(0);
  nameOutputs(
    pruned,
    outputs.map(([name], i) => [name, made[i] as Value]),
  );
  return { ...model, graph: pruned };
}

/** The compiled graph as ONNX bytes, for running here: it refers to the user's own file for the weights. */
export const encodeForRunning = (compiled: Compiled): Uint8Array => encodeModel(compiled.model);

/**
 * The compiled graph as ONNX bytes that hold their weights, for running anywhere. Its metadata says what it is:
 * `limn.version`, `limn.maps`, `limn.classes` and what `facts` adds, as JSON.
 * @param read gives the bytes of a range of one of the model's files
 * @throws LimnError `bad-option` for maps that are compiled into pieces
 */
export function encodeForSaving(
  compiled: Compiled,
  read: ReadWeights,
  facts: Readonly<Record<string, unknown>> = {},
): Uint8Array {
  const inPieces = compiled.maps.find(({ pieces }) => pieces);
  if (inPieces) {
    throw new LimnError(
      "bad-option",
      `${inPieces.name}: it is compiled into pieces for running here; compile it with iterated "loop" to save it`,
    );
  }
  const maps = compiled.maps.map(({ output, method, layer, options, shape, signed }) => ({
    output,
    method,
    layer,
    options,
    shape,
    signed,
  }));
  const entries = { maps, classes: compiled.classifier.classes, model: compiled.classifier.location, ...facts };
  const metadata = new Map(compiled.model.metadata);
  metadata.set("limn.version", VERSION);
  for (const [key, value] of Object.entries(entries)) metadata.set(`limn.${key}`, JSON.stringify(value));
  return encodeModel({ ...compiled.model, producer: "limn", metadata }, { weights: read });
}
