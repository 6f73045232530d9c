import { type Compiled, type CompiledMap, encodeForRunning, IMAGE, LOGITS, PROBABILITIES, TARGET } from "./compile.js";
import { LimnError } from "./error.js";
import type { Model } from "./graph/model.js";
import { type Shape, sameShape } from "./graph/tensor.js";
import { MAP, nextName, type Pieces, STEP, stateName } from "./iteration.js";
import { encodeModel } from "./onnx/encode.js";
import type { Runtime, Session, TensorValue } from "./session.js";

/** One map of one image. */
export interface ExplanationMap {
  readonly request: CompiledMap;
  /** Raw values as the method's equation gives them, row by row: neither normalized nor clipped. */
  readonly values: Float32Array;
  /** [h, w], or [C, H, W] where channels are kept. */
  readonly shape: Shape;
  /** Numbers beside the map, such as the completeness error of integrated gradients. */
  readonly figures: readonly ExplanationFigure[];
}

export interface ExplanationFigure {
  readonly name: string;
  readonly value: number;
  /** What to do where the value says that the map is not to be trusted; undefined where it is fine. */
  readonly advice: string | undefined;
}

/** Looks on while maps are made that take many runs, and can put an end to it. */
export interface Watch {
  /** Is told of every step. */
  readonly onProgress?: (progress: StepProgress) => void;
  /** The map so far is made every so many steps and handed to `onMap`. Default: never. */
  readonly mapEvery?: number;
  readonly onMap?: (map: ExplanationMap, progress: StepProgress) => void;
  /** Where it is aborted, `explain` rejects with its reason before the next step. An AbortSignal is one. */
  readonly signal?: { readonly aborted: boolean; readonly reason: unknown };
}

export interface StepProgress {
  readonly map: CompiledMap;
  /** Steps, of which each classifies as many pictures as the method is compiled for. */
  readonly done: number;
  readonly total: number;
}

/** What one run gives for one image and one class. */
export interface Explanation {
  /** The class that the maps explain. */
  readonly target: number;
  /** Scores before softmax or sigmoid, one per class. */
  readonly logits: Float32Array;
  /** 0 to 1, one per class. */
  readonly probabilities: Float32Array;
  readonly maps: readonly ExplanationMap[];
}

/** How far `cam`'s mean may be from the logit, as a share of the largest logit: float32 sums of some hundred terms. */
const RESIDUAL_TOLERANCE = 1e-3;

/** A compiled explanation that ONNX Runtime has loaded. */
export class Explainer {
  readonly compiled: Compiled;
  readonly #runtime: Runtime;
  readonly #session: Session;
  /** Of the pieces that have run. */
  readonly #sessions = new Map<Pieces, Promise<PieceSessions>>();

  private constructor(compiled: Compiled, runtime: Runtime, session: Session) {
    this.compiled = compiled;
    this.#runtime = runtime;
    this.#session = session;
  }

  /** @throws LimnError `runtime` where ONNX Runtime can't load the graph */
  static async create(compiled: Compiled, runtime: Runtime): Promise<Explainer> {
    const session = await runtime.createSession(encodeForRunning(compiled), { weights: compiled.classifier.weights });
    return new Explainer(compiled, runtime, session);
  }

  /**
   * Explains a batch of images.
   * @param image the model's input, preprocessed, in its shape
   * @param targets a class index per image; -1, or none, stands for the predicted class
   * @throws LimnError `bad-input` for a tensor of another shape, `bad-option` for a class that is not there
   */
  async explain(image: TensorValue, targets: readonly number[] = [], watch: Watch = {}): Promise<Explanation[]> {
    const { classifier, maps } = this.compiled;
    const shape = classifier.image.dims;
    if (!sameShape(image.dims, shape)) {
      throw new LimnError(
        "bad-input",
        `the image tensor has the shape [${image.dims.join(", ")}], the model takes [${shape.join(", ")}]`,
      );
    }
    const batch = shape[0] as number;
    if (targets.length > batch) {
      throw new LimnError("bad-option", `${targets.length} targets for ${batch} image(s); give at most one for each`);
    }
    const wanted = Array.from({ length: batch }, (_, i) => targets[i] ?? -1);
    for (const target of wanted) checkTarget(target, classifier.classes);

    const fetch = [
      LOGITS,
      PROBABILITIES,
      ...maps.flatMap((m) =>
        m.pieces
          ? m.pieces.state.map(({ output }) => output)
          : [m.output, ...(m.residual ? [m.residual.output] : []), ...m.figures.map(({ output }) => output)],
      ),
    ];
    const feeds = {
      [IMAGE]: image,
      [TARGET]: { dtype: "int64", dims: [batch], data: BigInt64Array.from(wanted, BigInt) },
    } as const;
    const results = await this.#session.run(feeds, fetch);
    const made: ((row: number) => ExplanationMap)[] = [];
    for (const map of maps) {
      const given = map.pieces ? await this.#iterate(map, map.pieces, image, results, watch) : results;
      const output = map.pieces ? MAP : map.output;
      made.push((row) => mapFrom(map, given, output, row, batch));
    }
    return wanted.map((target, i) => {
      const logits = rowOf(results[LOGITS], i, batch);
      for (const map of maps) checkResidual(map, results, i, logits);
      return {
        target: target === -1 ? argMax(logits) : target,
        logits,
        probabilities: rowOf(results[PROBABILITIES], i, batch),
        maps: made.map((of) => of(i)),
      };
    });
  }

  /** Runs a map's steps, each on what the one before has given. @param begun what the compiled graph gave */
  async #iterate(
    map: CompiledMap,
    pieces: Pieces,
    image: TensorValue,
    begun: Readonly<Record<string, TensorValue>>,
    { onProgress, mapEvery = Number.POSITIVE_INFINITY, onMap, signal }: Watch,
  ): Promise<Record<string, TensorValue>> {
    const { step, end } = await this.#sessionsOf(pieces);
    const feeds: Record<string, TensorValue> = { [IMAGE]: image };
    for (const { key, output } of pieces.state) feeds[stateName(key)] = begun[output] as TensorValue;
    const finish = () => end.run(feeds, [MAP, ...map.figures.map(({ output }) => output)]);
    const total = pieces.steps;
    for (let k = 0; k < total; k++) {
      if (signal?.aborted) throw signal.reason;
      const number: TensorValue = { dtype: "int64", dims: [], data: BigInt64Array.of(BigInt(k)) };
      const next = await step.run({ ...feeds, [STEP]: number }, pieces.changing.map(nextName));
      for (const key of pieces.changing) feeds[stateName(key)] = next[nextName(key)] as TensorValue;
      const progress = { map, done: k + 1, total };
      onProgress?.(progress);
      if (onMap && (k + 1) % mapEvery === 0) onMap(mapFrom(map, await finish(), MAP, 0, 1), progress);
    }
    return finish();
  }

  #sessionsOf(pieces: Pieces): Promise<PieceSessions> {
    const known = this.#sessions.get(pieces);
    if (known) return known;
    const { weights } = this.compiled.classifier;
    const load = (model: Model) => this.#runtime.createSession(encodeModel(model), { weights });
    const loading = Promise.all([load(pieces.step), load(pieces.end)]).then(([step, end]) => ({ step, end }));
    this.#sessions.set(pieces, loading);
    return loading;
  }

  async release(): Promise<void> {
    const pieces = await Promise.all(this.#sessions.values());
    await Promise.all([this.#session, ...pieces.flatMap(({ step, end }) => [step, end])].map((s) => s.release()));
  }
}

interface PieceSessions {
  readonly step: Session;
  readonly end: Session;
}

function mapFrom(
  request: CompiledMap,
  results: Readonly<Record<string, TensorValue>>,
  output: string,
  row: number,
  rows: number,
): ExplanationMap {
  return {
    request,
    values: rowOf(results[output], row, rows),
    shape: request.shape.slice(1),
    figures: request.figures.map(({ name, output: from, largest, advice }) => {
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

const argMax = (values: Float32Array): number =>
  values.reduce((best, v, i) => (v > (values[best] as number) ? i : best), 0);

function checkResidual(
  map: CompiledMap,
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
    `${map.name}: ${map.residual.meaning} is ${residual.toPrecision(3)}, it should be 0: the network is not what the method needs; use grad-cam`,
  );
}
