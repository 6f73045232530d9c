import { channelAxisOf } from "../channel-axis.js";
import { type Classifier, probabilitiesOf } from "../classifier.js";
import { IMAGE, LOGITS, nameOutputs, PROBABILITIES } from "../compile/interface.js";
import { Graph, type Value } from "../graph/graph.js";
import { magnified } from "../graph/interpolation.js";
import { add, and, cast, greaterOrEqual, less, mul, reshape, sub, unsqueeze } from "../graph/math.js";
import { ownModel } from "../graph/model.js";
import { uniform } from "../graph/random.js";
import { type Size, sizeOf } from "../graph/tensor.js";
import { pictureSize } from "../methods/samples.js";
import { openSession, runOnce } from "../onnx/open-session.js";
import type { Grid } from "../preprocess/grid.js";
import type { Runtime, Session, TensorValue } from "../session.js";
import { type Blank, blankOf } from "./blank.js";
import { classified } from "./classify.js";
import type { HiddenPart } from "./hidden-parts.js";
import { ranksOf } from "./masked-scores.js";

/** What the model says of a picture of which parts are hidden. */
export interface HiddenScores {
  /** One per class. */
  readonly logits: Float32Array;
  readonly probabilities: Float32Array;
}

const BLANK = "blank";
const MASKS = "masks";

/**
 * Classifies a picture of which a person, or the order of a map, hides parts.
 *
 *   y(I + m (B - I))        m from 0, seen, to 1, hidden; B what takes the place of what is hidden
 *
 * Call `release` when you are done.
 */
export class PictureHider {
  /** [height, width] of the model's input, and so of the masks. */
  readonly size: Size;
  readonly #session: Session;
  readonly #batch: number;
  readonly #classes: number;

  private constructor(session: Session, batch: number, classes: number, size: Size) {
    this.#session = session;
    this.#batch = batch;
    this.#classes = classes;
    this.size = size;
  }

  /** @param classifier loaded for as many pictures as a run classifies */
  static async create(classifier: Classifier, runtime: Runtime): Promise<PictureHider> {
    const size = pictureSize(classifier.image, channelAxisOf(classifier.image));
    const model = { ...classifier.model, graph: hidingGraph(classifier, size) };
    const session = await openSession(model, runtime, { weights: classifier.weights });
    return new PictureHider(session, classifier.image.dims[0] as number, classifier.classes, size);
  }

  /**
   * @param image [1, ...], as the model takes it
   * @param blank what takes the place of what is hidden, in the same shape
   * @param masks [n, height, width]
   * @param onRun is called after each run, with the scores so far
   * @returns the scores of each mask
   */
  async classify(
    image: TensorValue,
    blank: TensorValue,
    masks: Float32Array,
    onRun?: (scores: readonly HiddenScores[]) => void,
  ): Promise<HiddenScores[]> {
    const pixels = sizeOf(this.size);
    const count = masks.length / pixels;
    const scores: HiddenScores[] = [];
    const data = new Float32Array(this.#batch * pixels);
    for (let first = 0; first < count; first += this.#batch) {
      data.fill(0).set(masks.subarray(first * pixels, (first + this.#batch) * pixels));
      const results = await this.#session.run(
        { [IMAGE]: image, [BLANK]: blank, [MASKS]: { dtype: "float32", dims: [this.#batch, ...this.size], data } },
        [LOGITS, PROBABILITIES],
      );
      const row = (name: string, i: number) => rowOf(results[name] as TensorValue, i, this.#classes);
      for (let i = 0; i < Math.min(this.#batch, count - first); i++) {
        scores.push({ logits: row(LOGITS, i), probabilities: row(PROBABILITIES, i) });
      }
      onRun?.(scores);
    }
    return scores;
  }

  /** Frees what ONNX Runtime holds; the hider can't be used afterwards. */
  release(): Promise<void> {
    return this.#session.release();
  }
}

function hidingGraph(classifier: Classifier, size: Size): Graph {
  const graph = new Graph();
  const [batch = 1, ...rest] = classifier.image.dims;
  const image = graph.addInput(IMAGE, "float32", [1, ...rest]);
  const blank = graph.addInput(BLANK, "float32", [1, ...rest]);
  const masks = unsqueeze(graph.addInput(MASKS, "float32", [batch, ...size]), [channelAxisOf(classifier.image)]);
  const logits = classified(add(image, mul(masks, sub(blank, image))), classifier);
  nameOutputs(graph, [
    [LOGITS, logits],
    [PROBABILITIES, probabilitiesOf(logits, classifier)],
  ]);
  return graph;
}

/** The scores of a picture's classes. @param scores [N, width]; what the output leaves out comes after the classes */
function rowOf({ data, dims }: TensorValue, i: number, classes: number): Float32Array {
  const at = i * (dims[1] as number);
  return (data as Float32Array).slice(at, at + classes);
}

/** A picture that hides another one: its mean color, or itself, blurred. @param image [1, ...] @returns in its shape */
export async function blankPicture(image: TensorValue, kind: Blank, runtime: Runtime): Promise<TensorValue> {
  const graph = new Graph();
  const pictures = graph.addInput(IMAGE, "float32", image.dims);
  const blank = blankOf({ image: pictures, channelAxis: channelAxisOf(pictures), range: undefined }, kind);
  nameOutputs(graph, [[BLANK, blank]]);
  const { [BLANK]: made } = await runOnce(ownModel(graph), runtime, { [IMAGE]: image });
  return made as TensorValue;
}

/** What is hidden in the order of a map, as fractions of all pixels: see `HiddenPart`. */
export type HiddenRanks = Pick<HiddenPart, "from" | "to">;

const MAP = "map";

/**
 * Masks that hide parts of a picture in the order of a map, the largest values first.
 * @param map of any size; or the seed of a random one, whose every pixel is a random number of its own
 * @param size [height, width] of the masks
 * @returns [parts, height, width], 1 where the picture is hidden
 */
export async function masksInOrder(
  map: Grid | number,
  size: Size,
  parts: readonly HiddenRanks[],
  runtime: Runtime,
): Promise<Float32Array> {
  const graph = new Graph();
  const feeds: Record<string, TensorValue> = {};
  let values: Value;
  if (typeof map === "number") {
    values = uniform({ seed: map, stream: 0, step: graph.constant("int64", [], [0]) }, [1, ...size]);
  } else {
    const dims = [1, map.height, map.width];
    feeds[MAP] = { dtype: "float32", dims, data: map.data };
    values = magnified(graph.addInput(MAP, "float32", dims), size);
  }
  const ranks = reshape(ranksOf(values), [1, ...size]);
  const bound = (fraction: (part: HiddenRanks) => number) =>
    graph.constant(
      "float32",
      [parts.length, 1, 1],
      parts.map((part) => fraction(part) * sizeOf(size)),
    );
  const isHidden = and(
    greaterOrEqual(
      ranks,
      bound(({ from }) => from),
    ),
    less(
      ranks,
      bound(({ to }) => to),
    ),
  );
  nameOutputs(graph, [[MASKS, cast(isHidden, "float32")]]);
  const { [MASKS]: masks } = await runOnce(ownModel(graph), runtime, feeds);
  return (masks as TensorValue).data as Float32Array;
}
