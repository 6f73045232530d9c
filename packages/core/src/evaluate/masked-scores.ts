import { type Classifier, channelAxisOf } from "../classifier.js";
import { type CompiledMap, IMAGE, TARGET, targetsTensor } from "../compile.js";
import { LimnError } from "../error.js";
import { Graph, type Value } from "../graph/graph.js";
import { counted, magnified, toUnitRange } from "../graph/interpolation.js";
import { add, cast, concat, expand, less, mul, relu, reshape, sub, sum, unsqueeze } from "../graph/math.js";
import { sizeOf } from "../graph/tensor.js";
import { nameOutputs } from "../iteration.js";
import { pictureSize } from "../methods/samples.js";
import { encodeModel } from "../onnx/encode.js";
import type { InputRange } from "../relevance/input-range.js";
import type { Runtime, Session, TensorValue } from "../session.js";
import { type Blank, blankOf } from "./blank.js";
import { probabilityOf } from "./classify.js";

export interface MaskingOptions {
  /** What stands where a map hides the picture. Default `black`. */
  readonly blank?: Blank;
  /**
   * Shows this share of the pixels as they are, those with the map's largest values, and hides the others; above 0, to 1.
   * Default: every pixel shows in proportion to the map.
   */
  readonly keepTop?: number;
  /**
   * What becomes of maps that are signed: `positive` first sets what speaks against the class to 0, without which it
   * would decide where 0 comes to lie; `min-max` scales them as all others, from their lowest value to their highest.
   * Default `positive`.
   */
  readonly signed?: "min-max" | "positive";
  /** Whether the order of the pixels is wanted too, which takes time. Default false. */
  readonly ranks?: boolean;
  /** The lowest and highest possible value of the preprocessed image, where they are known. */
  readonly range?: InputRange;
}

/** What maps are worth as masks of the pictures that they explain. */
export interface MaskedMap {
  /** The map at the resolution of the model's input, on its own scale: [N, H, W]. */
  readonly placed: Float32Array;
  /** The place of every pixel in the order of the map's values, 0 for the largest: [N, H, W]. Empty where not asked for. */
  readonly ranks: Float32Array;
  /** The class's probability when the picture shows what the map marks, from 0 to 1: [N]. */
  readonly scores: Float32Array;
}

const mapName = (i: number): string => `map/${i}`;
const placedName = (i: number): string => `placed/${i}`;
const rankName = (i: number): string => `rank/${i}`;
const SCORES = "scores";

/**
 * Hides from pictures what their maps leave out, and asks the classifier again; all maps of all pictures in one run.
 *
 *   O = p_c(blank + m (I - blank))        m = (M - min M) / (max M - min M), M at the input's resolution, bilinear
 *
 * For the blank `black` that is m times the raw pixels.
 */
export class MaskedScores {
  readonly #session: Session;
  readonly #maps: readonly CompiledMap[];
  readonly #pictures: number;
  readonly #ranks: boolean;

  private constructor(session: Session, maps: readonly CompiledMap[], pictures: number, ranks: boolean) {
    this.#session = session;
    this.#maps = maps;
    this.#pictures = pictures;
    this.#ranks = ranks;
  }

  /**
   * @param classifier loaded for a batch that divides the number of maps times `pictures`
   * @param maps what the maps are, [N, h, w] or in the image's shape
   * @param pictures how many are masked at a time, N
   */
  static async create(
    classifier: Classifier,
    maps: readonly CompiledMap[],
    pictures: number,
    runtime: Runtime,
    options: MaskingOptions = {},
  ): Promise<MaskedScores> {
    const graph = maskingGraph(classifier, maps, pictures, options);
    const bytes = encodeModel({ ...classifier.model, graph });
    const session = await runtime.createSession(bytes, { weights: classifier.weights, yields: true });
    return new MaskedScores(session, maps, pictures, options.ranks === true);
  }

  /**
   * @param image [N, ...]
   * @param targets a class for each picture
   * @param maps raw values as the methods give them, in the order of `create`
   */
  async run(image: TensorValue, targets: readonly number[], maps: readonly Float32Array[]): Promise<MaskedMap[]> {
    const feeds: Record<string, TensorValue> = {
      [IMAGE]: image,
      [TARGET]: targetsTensor(targets),
    };
    this.#maps.forEach(({ shape }, i) => {
      const dims = [this.#pictures, ...shape.slice(1)];
      feeds[mapName(i)] = { dtype: "float32", dims, data: maps[i] as Float32Array };
    });
    const placed = this.#maps.map((_, i) => placedName(i));
    const ranks = this.#ranks ? this.#maps.map((_, i) => rankName(i)) : [];
    const results = await this.#session.run(feeds, [SCORES, ...placed, ...ranks]);
    const numbers = (name: string) => (results[name] as TensorValue).data as Float32Array;
    const scores = numbers(SCORES);
    return this.#maps.map((_, i) => ({
      placed: numbers(placedName(i)),
      ranks: this.#ranks ? numbers(rankName(i)) : new Float32Array(),
      scores: scores.slice(i * this.#pictures, (i + 1) * this.#pictures),
    }));
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

function maskingGraph(
  classifier: Classifier,
  maps: readonly CompiledMap[],
  pictures: number,
  { blank = "black", keepTop, signed = "positive", ranks = false, range }: MaskingOptions,
): Graph {
  if (keepTop !== undefined && !(keepTop > 0 && keepTop <= 1)) {
    throw new LimnError("bad-option", `keepTop ${keepTop}: give the share of pixels to show, above 0 and up to 1`);
  }
  const graph = new Graph();
  const image = graph.addInput(IMAGE, "float32", [pictures, ...classifier.image.dims.slice(1)]);
  const target = graph.addInput(TARGET, "int64", [pictures]);
  const channelAxis = channelAxisOf(classifier.image);
  const hidden = blankOf({ image, channelAxis, range }, blank);
  const shown = sub(image, hidden);
  const size = pictureSize(image, channelAxis);
  const outputs: [string, Value][] = [];
  const masked = maps.map((map, i) => {
    const raw = graph.addInput(mapName(i), "float32", [pictures, ...map.shape.slice(1)]);
    const own = raw.rank === 3 ? raw : sum(raw, [channelAxis], false);
    const placed = magnified(map.signed && signed === "positive" ? relu(own) : own, size);
    outputs.push([placedName(i), placed]);
    if (ranks) outputs.push([rankName(i), ranksOf(placed)]);
    const mask =
      keepTop === undefined ? toUnitRange(placed) : cast(less(ranksOf(placed), keepTop * sizeOf(size)), "float32");
    return add(hidden, mul(unsqueeze(mask, [channelAxis]), shown));
  });
  const targets = expand(unsqueeze(target, [0]), [maps.length, pictures]);
  const scores = probabilityOf(concat(masked, 0), reshape(targets, [maps.length * pictures]), classifier);
  nameOutputs(graph, [[SCORES, scores], ...outputs]);
  return graph;
}

/**
 * The place of every pixel in the order from the largest value to the smallest; of equal ones, in reading order.
 * @param maps [N, H, W]
 */
function ranksOf(maps: Value): Value {
  const [N = 1, H = 1, W = 1] = maps.dims;
  const flat = reshape(maps, [N, H * W]);
  const [, order] = maps.graph.emitAll("TopK", [flat, maps.graph.ints([H * W])], { axis: 1 }, 2) as [Value, Value];
  const places = expand(unsqueeze(counted(maps, H * W), [0]), [N, H * W]);
  return reshape(maps.graph.emit("ScatterElements", [flat, order, places], { axis: 1 }), [N, H, W]);
}
