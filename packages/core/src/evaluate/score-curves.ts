import { channelAxisOf } from "../channel-axis.js";
import type { Classifier } from "../classifier.js";
import { IMAGE, nameOutputs, TARGET, targetsTensor } from "../compile/interface.js";
import { STEP } from "../compile/iteration.js";
import { LimnError } from "../error.js";
import { Graph } from "../graph/graph.js";
import { counted } from "../graph/interpolation.js";
import { add, and, cast, concat, expand, greaterOrEqual, less, min, reshape, unsqueeze, where } from "../graph/math.js";
import { sizeOf } from "../graph/tensor.js";
import { type Combination, isProbability } from "../methods/method.js";
import { pictureSize } from "../methods/samples.js";
import { openSession } from "../onnx/open-session.js";
import type { InputRange } from "../relevance/input-range.js";
import type { Runtime, Session, TensorValue } from "../session.js";
import { type Blank, blankOf } from "./blank.js";
import { classified, isPredicted, measuredScore } from "./classify.js";
import {
  deleted,
  type HiddenPart,
  inserted,
  leastRelevantHidden,
  mostRelevantHidden,
  oneByOne,
} from "./hidden-parts.js";

/** How measures hide parts of pictures, in the order of a map. */
export interface CurveOptions {
  /** Into how many equal parts deletion and insertion divide the pixels; a curve has one point more. Default `CURVE_STEPS`. */
  readonly steps?: number;
  /** What deleted pixels become; see `BLANKS`. Default `zero`, as in RISE. */
  readonly deletionBlank?: Blank;
  /** What pixels are before they are inserted. Default `blur`, as in RISE. */
  readonly insertionBlank?: Blank;
  /** Into how many equal groups SaCo divides the pixels. Default `GROUPS`. */
  readonly groups?: number;
  /** The lowest and highest possible value of the preprocessed image, if they are known. */
  readonly range?: InputRange;
  /** What is measured instead of a class's probability. */
  readonly combination?: Combination | undefined;
}

/**
 * What the model says of a picture whose pixels change, the most important first. Scores are a class's probabilities, or a
 * combination's values.
 */
export interface ScoreCurves {
  /** While more and more pixels are deleted: [steps + 1], from none to all. */
  readonly deletion: Float32Array;
  /** While more and more pixels are inserted: [steps + 1], from none to all. */
  readonly insertion: Float32Array;
  /** By how much the score falls if only one group of pixels is hidden: [groups], that of the largest values first. */
  readonly effects: Float32Array;
  /**
   * Whether the class is still the most probable one while 10 % to 90 % of the pixels are hidden, the most and the least
   * important first: 1 or 0, [9]. Undefined if no class is explained.
   */
  readonly stays: { readonly positive: Float32Array; readonly negative: Float32Array } | undefined;
}

/** The default number of steps of a curve. */
export const CURVE_STEPS = 32;

/** The default number of SaCo's groups (Wu et al. 2024, section 4.1). */
export const GROUPS = 10;

const RANKS = "ranks";
const SCORES = "scores";
const PREDICTED = "predicted";

/** Classifies pictures that are hidden in parts: as many in a run as the classifier takes. */
export class CurveScorer {
  readonly #session: Session;
  readonly #batch: number;
  readonly #series: Series;

  private constructor(session: Session, batch: number, series: Series) {
    this.#session = session;
    this.#batch = batch;
    this.#series = series;
  }

  /**
   * @param classifier loaded for the batch that a run classifies
   * @throws LimnError `bad-option` for fewer than two groups
   */
  static async create(classifier: Classifier, runtime: Runtime, options: CurveOptions = {}): Promise<CurveScorer> {
    const series = seriesOf(classifier, options);
    const model = { ...classifier.model, graph: hidingGraph(classifier, Object.values(series).flat(), options) };
    const session = await openSession(model, runtime, { weights: classifier.weights, yields: true });
    return new CurveScorer(session, classifier.image.dims[0] as number, series);
  }

  /**
   * @param image [1, ...]
   * @param ranks the ranks of its pixels, as `MaskedScores` gives them: [H, W]
   */
  async run(image: TensorValue, target: number, ranks: Float32Array): Promise<ScoreCurves> {
    const names = Object.keys(this.#series) as (keyof Series)[];
    const countOf = (some: readonly (keyof Series)[]) => some.flatMap((name) => this.#series[name]).length;
    const scores = new Float32Array(Math.ceil(countOf(names) / this.#batch) * this.#batch);
    const predicted = new Float32Array(scores.length);
    const feeds: Record<string, TensorValue> = {
      [IMAGE]: image,
      [TARGET]: targetsTensor([target]),
      [RANKS]: { dtype: "float32", dims: [ranks.length], data: ranks },
    };
    for (let first = 0; first < scores.length; first += this.#batch) {
      const step: TensorValue = { dtype: "float32", dims: [], data: Float32Array.of(first) };
      const results = await this.#session.run({ ...feeds, [STEP]: step }, [SCORES, PREDICTED]);
      scores.set((results[SCORES] as TensorValue).data as Float32Array, first);
      predicted.set((results[PREDICTED] as TensorValue).data as Float32Array, first);
    }
    const partOf = (values: Float32Array, name: keyof Series) => {
      const first = countOf(names.slice(0, names.indexOf(name)));
      return values.slice(first, first + countOf([name]));
    };
    const groups = partOf(scores, "groups");
    const whole = groups.at(-1) as number;
    const [positive, negative] = [partOf(predicted, "positive"), partOf(predicted, "negative")];
    return {
      deletion: partOf(scores, "deletion"),
      insertion: partOf(scores, "insertion"),
      effects: groups.subarray(0, -1).map((score) => whole - score),
      stays: positive.length > 0 ? { positive, negative } : undefined,
    };
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

/** The pictures of all measures; they are numbered in the order of these keys. */
interface Series {
  readonly deletion: readonly HiddenPart[];
  readonly insertion: readonly HiddenPart[];
  readonly groups: readonly HiddenPart[];
  /** Empty if no class is explained. */
  readonly positive: readonly HiddenPart[];
  readonly negative: readonly HiddenPart[];
}

function seriesOf(
  classifier: Classifier,
  { steps = CURVE_STEPS, deletionBlank = "zero", insertionBlank = "blur", groups = GROUPS, combination }: CurveOptions,
): Series {
  if (!(Number.isInteger(groups) && groups > 1)) {
    throw new LimnError("bad-option", `groups ${groups}: groups of pixels are compared in pairs; give 2 or more`);
  }
  const ofClass = classifier.hasProbabilities && classifier.classes > 1 && isProbability(combination);
  return {
    deletion: deleted(steps, deletionBlank),
    insertion: inserted(steps, insertionBlank),
    groups: oneByOne(groups, "mean"),
    positive: ofClass ? mostRelevantHidden("black") : [],
    negative: ofClass ? leastRelevantHidden("black") : [],
  };
}

/** Classifies a batch of pictures, from number `step` on; what comes after the last picture is the last one again. */
function hidingGraph(
  classifier: Classifier,
  parts: readonly HiddenPart[],
  { range, combination }: CurveOptions,
): Graph {
  const graph = new Graph();
  const [batch = 1, ...rest] = classifier.image.dims;
  const image = graph.addInput(IMAGE, "float32", [1, ...rest]);
  const target = graph.addInput(TARGET, "int64", [1]);
  const channelAxis = channelAxisOf(classifier.image);
  const size = pictureSize(image, channelAxis);
  const ranks = graph.addInput(RANKS, "float32", [sizeOf(size)]);
  const first = graph.addInput(STEP, "float32", []);

  const number = cast(min(add(counted(image, batch), first), parts.length - 1), "int64");
  const ofPicture = (values: readonly number[]) =>
    graph.emit("Gather", [graph.constant("float32", [values.length], values), number], { axis: 0 });
  const bound = (fraction: (part: HiddenPart) => number) =>
    reshape(ofPicture(parts.map((part) => fraction(part) * sizeOf(size))), [batch, 1, 1]);
  const rank = reshape(ranks, [1, ...size]);
  const hidden = and(
    greaterOrEqual(
      rank,
      bound(({ from }) => from),
    ),
    less(
      rank,
      bound(({ to }) => to),
    ),
  );

  const kinds = [...new Set(parts.map(({ blank }) => blank))];
  const blanks = concat(
    kinds.map((kind) => blankOf({ image, channelAxis, range }, kind)),
    0,
  );
  const kind = cast(ofPicture(parts.map(({ blank }) => kinds.indexOf(blank))), "int64");
  const blank = graph.emit("Gather", [blanks, kind], { axis: 0 });

  const logits = classified(where(unsqueeze(hidden, [channelAxis]), blank, image), classifier);
  const targets = expand(target, [batch]);
  nameOutputs(graph, [
    [SCORES, measuredScore(logits, targets, classifier, combination)],
    [PREDICTED, isPredicted(logits, targets, classifier)],
  ]);
  return graph;
}
