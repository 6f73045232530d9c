import { channelAxisOf } from "../channel-axis.js";
import type { Classifier } from "../classifier.js";
import { IMAGE, nameOutputs, TARGET, targetsTensor } from "../compile/interface.js";
import { STEP } from "../compile/iteration.js";
import { Graph } from "../graph/graph.js";
import { counted } from "../graph/interpolation.js";
import { add, cast, expand, less, mul, reshape, sub, unsqueeze, where } from "../graph/math.js";
import { sizeOf } from "../graph/tensor.js";
import type { Combination } from "../methods/method.js";
import { pictureSize } from "../methods/samples.js";
import { openSession } from "../onnx/open-session.js";
import type { InputRange } from "../relevance/input-range.js";
import type { Runtime, Session, TensorValue } from "../session.js";
import { type Blank, blankOf } from "./blank.js";
import { measuredScore } from "./classify.js";

/** How deletion and insertion are measured. */
export interface CurveOptions {
  /** Into how many equal parts the pixels are divided; a curve has one point more. Default `CURVE_STEPS`. */
  readonly steps?: number;
  /** What deleted pixels become; see `BLANKS`. Default `zero`, as in RISE. */
  readonly deletionBlank?: Blank;
  /** What pixels are before they are inserted. Default `blur`, as in RISE. */
  readonly insertionBlank?: Blank;
  /** The lowest and highest possible value of the preprocessed image, if they are known. */
  readonly range?: InputRange;
  /** What is measured instead of a class's probability. */
  readonly combination?: Combination | undefined;
}

/** A class's probabilities, or a combination's values, while more and more pixels change, the most important first: [steps + 1], from none to all. */
export interface ScoreCurves {
  readonly deletion: Float32Array;
  readonly insertion: Float32Array;
}

/** The default number of steps of a curve. */
export const CURVE_STEPS = 32;

const RANKS = "ranks";
const SCORES = "scores";

/** Deletion and insertion (Petsiuk, Das, Saenko 2018, sec. 4.2); each run classifies as many pictures as the classifier takes. */
export class CurveScorer {
  readonly #session: Session;
  readonly #batch: number;
  readonly #steps: number;

  private constructor(session: Session, batch: number, steps: number) {
    this.#session = session;
    this.#batch = batch;
    this.#steps = steps;
  }

  /** @param classifier loaded for the batch that a run classifies */
  static async create(classifier: Classifier, runtime: Runtime, options: CurveOptions = {}): Promise<CurveScorer> {
    const model = { ...classifier.model, graph: curveGraph(classifier, options) };
    const session = await openSession(model, runtime, { weights: classifier.weights, yields: true });
    return new CurveScorer(session, classifier.image.dims[0] as number, options.steps ?? CURVE_STEPS);
  }

  /**
   * @param image [1, ...]
   * @param ranks the ranks of its pixels, as `MaskedScores` gives them: [H, W]
   */
  async run(image: TensorValue, target: number, ranks: Float32Array): Promise<ScoreCurves> {
    const points = this.#steps + 1;
    const scores = new Float32Array(Math.ceil((2 * points) / this.#batch) * this.#batch);
    const feeds: Record<string, TensorValue> = {
      [IMAGE]: image,
      [TARGET]: targetsTensor([target]),
      [RANKS]: { dtype: "float32", dims: [ranks.length], data: ranks },
    };
    for (let first = 0; first < scores.length; first += this.#batch) {
      const step: TensorValue = { dtype: "float32", dims: [], data: Float32Array.of(first) };
      const results = await this.#session.run({ ...feeds, [STEP]: step }, [SCORES]);
      scores.set((results[SCORES] as TensorValue).data as Float32Array, first);
    }
    return { deletion: scores.slice(0, points), insertion: scores.slice(points, 2 * points) };
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

/**
 * Scores of a batch of pictures from number `step` on; the pictures of deletion come first, then those of insertion. In
 * picture k of a curve, the k n / steps pixels of the lowest ranks have changed.
 */
function curveGraph(
  classifier: Classifier,
  { steps = CURVE_STEPS, deletionBlank = "zero", insertionBlank = "blur", range, combination }: CurveOptions,
): Graph {
  const graph = new Graph();
  const [batch = 1, ...rest] = classifier.image.dims;
  const image = graph.addInput(IMAGE, "float32", [1, ...rest]);
  const target = graph.addInput(TARGET, "int64", [1]);
  const channelAxis = channelAxisOf(classifier.image);
  const size = pictureSize(image, channelAxis);
  const ranks = graph.addInput(RANKS, "float32", [sizeOf(size)]);
  const first = graph.addInput(STEP, "float32", []);
  const blank = (kind: Blank) => blankOf({ image, channelAxis, range }, kind);

  const points = steps + 1;
  const number = add(counted(image, batch), first);
  const isDeletion = less(number, points);
  const point = where(isDeletion, number, sub(number, points));
  const changes = less(reshape(ranks, [1, ...size]), reshape(mul(point, sizeOf(size) / steps), [batch, 1, 1]));
  const changed = unsqueeze(changes, [channelAxis]);
  const choose = (a: boolean) => where(changed, a ? blank(deletionBlank) : image, a ? image : blank(insertionBlank));
  const pictures = where(reshape(isDeletion, [batch, 1, 1, 1]), choose(true), choose(false));
  const scores = measuredScore(cast(pictures, "float32"), expand(target, [batch]), classifier, combination);
  nameOutputs(graph, [[SCORES, scores]]);
  return graph;
}
