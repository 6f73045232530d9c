import type { Compiled } from "./compile/compile.js";
import type { CompiledMap, MapInOneRun, MapInPieces } from "./compile/compiled-map.js";
import { EXPLAINED, IMAGE, LOGITS, PROBABILITIES, TARGET, targetsTensor } from "./compile/interface.js";
import { MAP, nextName, type Pieces, STEP, stateName } from "./compile/iteration.js";
import { LimnError } from "./error.js";
import type { Model } from "./graph/model.js";
import { type Shape, sameShape } from "./graph/tensor.js";
import type { Combination } from "./methods/method.js";
import { OncePerKey } from "./once-per-key.js";
import { type OpenOptions, openSession } from "./onnx/open-session.js";
import type { Runtime, Session, TensorValue } from "./session.js";

/** One map of one image. */
export interface ExplanationMap {
  readonly request: CompiledMap;
  /** Raw values as the method's equation gives them, row by row: not normalized, not clipped. */
  readonly values: Float32Array;
  /** [h, w], or [C, H, W] if the method keeps channels. */
  readonly shape: Shape;
  /** Numbers next to the map, such as the completeness error of integrated gradients. */
  readonly indicators: readonly ExplanationIndicator[];
  /** For a map with values that are not finite: the run that gave the first of them. */
  readonly brokenRun?: BrokenRun;
}

/** A run with results that are not finite, and what it takes to run it again and see where that begins. */
export interface BrokenRun {
  readonly model: Model;
  readonly feeds: Readonly<Record<string, TensorValue>>;
  /** Names of the outputs that the map is made of. */
  readonly outputs: readonly string[];
  /** Which of the method's steps it was, from 1; undefined for the runs before and after the steps. */
  readonly step: number | undefined;
}

/** A number that says whether a map can be trusted. */
export interface ExplanationIndicator {
  readonly name: string;
  readonly value: number;
  /** What to do if the value says that the map can't be trusted; undefined if it is fine. */
  readonly advice: string | undefined;
}

/** Follows the making of maps that take many runs, and can stop it. */
export interface Watch {
  /** Is called after every step. */
  readonly onProgress?: (progress: StepProgress) => void;
  /** After how many steps `onMap` gets the map so far, again and again. Default: never. */
  readonly mapEvery?: number;
  readonly onMap?: (map: ExplanationMap, progress: StepProgress) => void;
  /** If it is aborted, `explain` rejects with its reason before the next step. An AbortSignal fits. */
  readonly signal?: { readonly aborted: boolean; readonly reason: unknown };
}

/** How far a map that takes many runs has come. */
export interface StepProgress {
  readonly map: CompiledMap;
  /** Steps made so far; each classifies as many pictures at once as the method is compiled for. */
  readonly done: number;
  readonly total: number;
}

/** What `explain` gives for one image and one class. */
export interface Explanation {
  /** The class that the maps explain; of a combination, the first. */
  readonly target: number;
  /** What the maps explain, if it is not a single class. */
  readonly combination?: Combination;
  /** Scores before softmax or sigmoid, one per class. */
  readonly logits: Float32Array;
  /** 0 to 1, one per class. */
  readonly probabilities: Float32Array;
  readonly maps: readonly ExplanationMap[];
}

/** What is known of how an `Explainer` will be used. */
export type ExplainerOptions = Pick<OpenOptions, "runs">;

/** What is to be said of a map whose numbers say that it can't be trusted, and what to do. */
export const adviceOn = ({ request, indicators }: ExplanationMap): string[] =>
  indicators.flatMap(({ name, value, advice }) =>
    advice === undefined ? [] : [`${request.output}: its ${name} is ${value.toPrecision(2)}; ${advice}`],
  );

/** How far `cam`'s mean may be from the logit, as a share of the largest logit: float32 sums of some hundred terms. */
const RESIDUAL_TOLERANCE = 1e-3;

/**
 * A compiled explanation that ONNX Runtime has loaded. Call `release` when you are done.
 * @example
 * const explainer = await Explainer.create(compile(classifier, [{ method: "grad-cam" }]), runtime);
 * const [explanation] = await explainer.explain(image);
 * const { values, shape } = explanation.maps[0];
 * await explainer.release();
 */
export class Explainer {
  readonly compiled: Compiled;
  readonly #runtime: Runtime;
  readonly #session: Session;
  /** The sessions of pieces that have run. */
  readonly #sessions = new OncePerKey<Pieces, PieceSessions>();

  private constructor(compiled: Compiled, runtime: Runtime, session: Session) {
    this.compiled = compiled;
    this.#runtime = runtime;
    this.#session = session;
  }

  /**
   * @param options `runs` says how often `explain` will be called, if it is known: for a few calls, loading the graph as it is takes
   *   less time than optimizing it saves. Default: many
   * @throws LimnError `runtime` if ONNX Runtime can't load the graph
   */
  static async create(compiled: Compiled, runtime: Runtime, options: ExplainerOptions = {}): Promise<Explainer> {
    const { model, classifier } = compiled;
    const session = await openSession(model, runtime, { weights: classifier.weights, ...options });
    return new Explainer(compiled, runtime, session);
  }

  /**
   * Explains a batch of images, or several classes of one.
   * @param image the preprocessed images, float32, in the shape of the model's input
   * @param targets a class index per image, or the classes of the one image; -1, or none, stands for the predicted class. What a
   *   combination is compiled for is explained whatever they say
   * @param watch follows maps that take many runs
   * @returns one explanation per image or class, in order
   * @throws LimnError `bad-input` for a tensor of another shape, `bad-option` for a class that the model lacks,
   *   `not-applicable` if a method's own check of the network fails, `runtime` with ONNX Runtime's reason
   */
  async explain(image: TensorValue, targets: readonly number[] = [], watch: Watch = {}): Promise<Explanation[]> {
    const { classifier, maps, combination } = this.compiled;
    const shape = classifier.image.dims;
    if (!sameShape(image.dims, shape)) {
      throw new LimnError(
        "bad-input",
        `the image tensor has the shape [${image.dims.join(", ")}], but the model takes [${shape.join(", ")}]; preprocess the image for this model`,
      );
    }
    const { rows } = this.compiled;
    if (targets.length > rows) {
      const place =
        rows === shape[0] ? `${rows} image(s); give at most one for each` : `a graph of ${rows}; give at most so many`;
      throw new LimnError("bad-option", `${targets.length} targets for ${place}`);
    }
    const wanted = Array.from({ length: rows }, (_, i) => targets[i] ?? -1);
    for (const target of wanted) checkTarget(target, classifier.classes);

    const fetch = [LOGITS, PROBABILITIES, EXPLAINED, ...maps.flatMap((map) => [...valuesOf(map), ...checksOf(map)])];
    const feeds: Record<string, TensorValue> = {
      [IMAGE]: image,
      ...(combination ? {} : { [TARGET]: targetsTensor(wanted) }),
    };
    const results = await this.#session.run(feeds, fetch);
    const made: ((row: number) => ExplanationMap)[] = [];
    for (const map of maps) {
      const run: Run = { model: this.compiled.model, feeds, outputs: valuesOf(map), step: undefined, results };
      const last = map.kind === "pieces" ? await this.#iterate(map, image, run, watch) : run;
      made.push((row) => mapFrom(map, last, row, rows));
    }
    return wanted.map((_, i) => {
      const logits = rowOf(results[LOGITS], i, rows);
      for (const map of maps) if (map.kind === "one-run") checkResidual(map, results, i, logits);
      return {
        target: Number(results[EXPLAINED]?.data[i]),
        ...(combination ? { combination } : {}),
        logits,
        probabilities: rowOf(results[PROBABILITIES], i, rows),
        maps: made.map((of) => of(i)),
      };
    });
  }

  /** Runs a map's steps, each on the results of the one before. @param begun the run of the compiled graph */
  async #iterate(
    map: MapInPieces,
    image: TensorValue,
    begun: Run,
    { onProgress, mapEvery = Number.POSITIVE_INFINITY, onMap, signal }: Watch,
  ): Promise<Run> {
    const { pieces } = map;
    const { step, end } = await this.#sessionsOf(pieces);
    const feeds: Record<string, TensorValue> = { [IMAGE]: image };
    for (const { key, output } of pieces.state) feeds[stateName(key)] = begun.results[output] as TensorValue;
    // a state may begin at minus infinity
    let broken: BrokenRun | undefined = begun.outputs.some((name) => breaks(begun.results[name], LEAST))
      ? begun
      : undefined;
    const finish = async (): Promise<Run> => {
      const results = await end.run(feeds, [MAP, ...map.indicators.map(({ output }) => output)]);
      return { model: pieces.end, feeds: { ...feeds }, outputs: [MAP], step: undefined, results, broken };
    };
    const total = pieces.steps;
    const outputs = pieces.changing.map(nextName);
    for (let k = 0; k < total; k++) {
      if (signal?.aborted) throw signal.reason;
      const number: TensorValue = { dtype: "int64", dims: [], data: BigInt64Array.of(BigInt(k)) };
      const fed: Record<string, TensorValue> = { ...feeds, [STEP]: number };
      const next = await step.run(fed, outputs);
      for (const key of pieces.changing) feeds[stateName(key)] = next[nextName(key)] as TensorValue;
      if (!broken && pieces.changing.some((key) => breaks(next[nextName(key)], fed[stateName(key)]?.data))) {
        broken = { model: pieces.step, feeds: fed, outputs, step: k + 1 };
      }
      const progress = { map, done: k + 1, total };
      onProgress?.(progress);
      if (onMap && (k + 1) % mapEvery === 0) onMap(mapFrom(map, await finish(), 0, 1), progress);
    }
    return finish();
  }

  #sessionsOf(pieces: Pieces): Promise<PieceSessions> {
    const { weights } = this.compiled.classifier;
    const load = (model: Model) => openSession(model, this.#runtime, { weights });
    return this.#sessions.get(pieces, async () => {
      const [step, end] = await Promise.all([load(pieces.step), load(pieces.end)]);
      return { step, end };
    });
  }

  /** Frees what ONNX Runtime holds; the explainer can't be used afterwards. */
  async release(): Promise<void> {
    const pieces = await this.#sessions.all();
    await Promise.all([this.#session, ...pieces.flatMap(({ step, end }) => [step, end])].map((s) => s.release()));
  }
}

interface PieceSessions {
  readonly step: Session;
  readonly end: Session;
}

/** A run and its results. */
interface Run extends BrokenRun {
  readonly results: Readonly<Record<string, TensorValue>>;
  /** The first run before it with results that are not finite. */
  readonly broken?: BrokenRun | undefined;
}

const LEAST = { at: () => Number.NEGATIVE_INFINITY };

/** Whether a tensor has values that are not finite, other than those that were there before. */
function breaks(tensor: TensorValue | undefined, before: Pick<TensorValue["data"], "at"> | undefined): boolean {
  const { data } = tensor ?? {};
  return data instanceof Float32Array && data.some((v, i) => !Number.isFinite(v) && v !== before?.at(i));
}

/** The outputs of the compiled graph that hold a map or, for one in pieces, its first state. */
const valuesOf = (map: CompiledMap): string[] =>
  map.kind === "pieces" ? map.pieces.state.map(({ output }) => output) : [map.output];

/** The outputs of the compiled graph that say whether a map can be trusted; a map in pieces has them in its last graph. */
const checksOf = (map: CompiledMap): string[] =>
  map.kind === "pieces"
    ? []
    : [...(map.residual ? [map.residual.output] : []), ...map.indicators.map(({ output }) => output)];

/** @param run the one that gave the map */
function mapFrom(request: CompiledMap, run: Run, row: number, rows: number): ExplanationMap {
  const { results, broken, ...itself } = run;
  const values = rowOf(results[request.kind === "pieces" ? MAP : request.output], row, rows);
  return {
    request,
    values,
    ...(values.every(Number.isFinite) ? {} : { brokenRun: broken ?? itself }),
    shape: request.shape.slice(1),
    indicators: request.indicators.map(({ name, output: from, largest, advice }) => {
      const value = Number(results[from]?.data[row]);
      return { name, value, advice: value <= largest ? undefined : advice };
    }),
  };
}

function checkTarget(target: number, classes: number): void {
  if (Number.isInteger(target) && target >= -1 && target < classes) return;
  throw new LimnError(
    "bad-option",
    `target ${target}: the model has ${classes} classes, 0 to ${classes - 1} (-1 stands for the predicted one)`,
  );
}

function rowOf(result: TensorValue | undefined, row: number, rows: number): Float32Array {
  if (!(result?.data instanceof Float32Array)) throw new Error("the compiled graph gave no float32 output");
  const size = result.data.length / rows;
  return result.data.slice(row * size, (row + 1) * size);
}

function checkResidual(
  map: MapInOneRun,
  results: Record<string, TensorValue>,
  row: number,
  logits: Float32Array,
): void {
  if (!map.residual) return;
  const residual = Number(results[map.residual.output]?.data[row]);
  const scale = logits.reduce((largest, v) => Math.max(largest, Math.abs(v)), 1);
  if (!(residual > RESIDUAL_TOLERANCE * scale)) return;
  throw new LimnError(
    "not-applicable",
    `${map.name}: ${map.residual.meaning} is ${residual.toPrecision(3)} and should be 0: the network is not of the form that the method needs; use grad-cam`,
  );
}
