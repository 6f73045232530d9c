import { type Compiled, type CompiledMap, encodeForRunning, IMAGE, LOGITS, PROBABILITIES, TARGET } from "./compile.js";
import { LimnError } from "./error.js";
import { type Shape, sameShape } from "./graph/tensor.js";
import type { Runtime, Session, TensorValue } from "./session.js";

/** One map of one image. */
export interface ExplanationMap {
  readonly request: CompiledMap;
  /** Raw values as the method's equation gives them, row by row: neither normalized nor clipped. */
  readonly values: Float32Array;
  /** [h, w], or [C, H, W] where channels are kept. */
  readonly shape: Shape;
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
  readonly #session: Session;

  private constructor(compiled: Compiled, session: Session) {
    this.compiled = compiled;
    this.#session = session;
  }

  /** @throws LimnError `runtime` where ONNX Runtime can't load the graph */
  static async create(compiled: Compiled, runtime: Runtime): Promise<Explainer> {
    const session = await runtime.createSession(encodeForRunning(compiled), { weights: compiled.classifier.weights });
    return new Explainer(compiled, session);
  }

  /**
   * Explains a batch of images.
   * @param image the model's input, preprocessed, in its shape
   * @param targets a class index per image; -1, or none, stands for the predicted class
   * @throws LimnError `bad-input` for a tensor of another shape, `bad-option` for a class that is not there
   */
  async explain(image: TensorValue, targets: readonly number[] = []): Promise<Explanation[]> {
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
      ...maps.flatMap((m) => [m.output, ...(m.residual ? [m.residual.output] : [])]),
    ];
    const feeds = {
      [IMAGE]: image,
      [TARGET]: { dtype: "int64", dims: [batch], data: BigInt64Array.from(wanted, BigInt) },
    } as const;
    const results = await this.#session.run(feeds, fetch);
    return wanted.map((target, i) => {
      const logits = rowOf(results[LOGITS], i, batch);
      for (const map of maps) checkResidual(map, results, i, logits);
      return {
        target: target === -1 ? argMax(logits) : target,
        logits,
        probabilities: rowOf(results[PROBABILITIES], i, batch),
        maps: maps.map((request) => ({
          request,
          values: rowOf(results[request.output], i, batch),
          shape: request.shape.slice(1),
        })),
      };
    });
  }

  release(): Promise<void> {
    return this.#session.release();
  }
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
