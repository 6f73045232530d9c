import { channelAxisOf } from "../channel-axis.js";
import type { Classifier } from "../classifier.js";
import type { CompiledMap } from "../compile/compiled-map.js";
import { IMAGE, nameOutputs, TARGET, targetsTensor } from "../compile/interface.js";
import { LimnError } from "../error.js";
import { Graph, type Value } from "../graph/graph.js";
import { counted, magnified, toUnitRange } from "../graph/interpolation.js";
import { add, cast, concat, expand, less, mul, relu, reshape, sub, sum, unsqueeze } from "../graph/math.js";
import { sizeOf } from "../graph/tensor.js";
import type { Combination } from "../methods/method.js";
import { pictureSize } from "../methods/samples.js";
import { openSession } from "../onnx/open-session.js";
import type { InputRange } from "../relevance/input-range.js";
import type { Runtime, Session, TensorValue } from "../session.js";
import { type Blank, blankOf } from "./blank.js";
import { classified, measuredScore } from "./classify.js";

/** How maps hide parts of pictures. */
export interface MaskingOptions {
  /** What takes the place of hidden pixels; see `BLANKS`. Default `black`. */
  readonly blank?: Blank;
  /**
   * The fraction of pixels to show, those with the map's largest values; the others are hidden. Above 0, at most 1.
   * Default: every pixel shows in proportion to the map.
   */
  readonly keepTop?: number;
  /**
   * How signed maps are scaled. `positive`: values below 0, which speak against the class, become 0 first, so that they
   * don't move the zero point; `min-max`: from the lowest value to the highest, as all other maps. Default `positive`.
   */
  readonly signed?: "min-max" | "positive";
  /** What is measured instead of a class's probability. */
  readonly combination?: Combination | undefined;
  /** Whether to rank the pixels as well, for the measures of a map's order. That takes time. Default false. */
  readonly ranks?: boolean;
  /** The lowest and highest possible value of the preprocessed image, if they are known. */
  readonly range?: InputRange;
}

/** What is to be known about a map that masks pictures. */
export type MaskingMap = Pick<CompiledMap, "shape" | "signed">;

/** The result of a map as a mask of the picture that it explains. */
export interface MaskedMap {
  /** The map at the resolution of the model's input, on its own scale: [H, W]. */
  readonly placed: Float32Array;
  /** The same with the values below 0 that `placed` leaves out: [H, W]. Empty if no ranks are asked for. */
  readonly values: Float32Array;
  /** The rank of every pixel by these values, 0 for the largest: [H, W]. Empty if not asked for. */
  readonly ranks: Float32Array;
  /** The class's probability, or the combination's value, if the picture shows only what the map marks. */
  readonly score: number;
}

const mapName = (i: number): string => `map/${i}`;
const PLACED = "placed";
const VALUES = "values";
const RANKS = "ranks";
const SCORES = "scores";

/**
 * Hides the parts of pictures that their maps don't mark, and classifies them again: all maps of some pictures in one run.
 *
 *   O = p_c(blank + m (I - blank))        m = (M - min M) / (max M - min M), M at the input's resolution, bilinear
 *
 * With the blank `black`, this multiplies the raw pixels by m.
 */
export class MaskedScores {
  readonly #session: Session;
  readonly #maps: readonly MaskingMap[];
  readonly #pictures: number;
  readonly #ranks: boolean;

  private constructor(session: Session, maps: readonly MaskingMap[], pictures: number, ranks: boolean) {
    this.#session = session;
    this.#maps = maps;
    this.#pictures = pictures;
    this.#ranks = ranks;
  }

  /**
   * @param classifier loaded for a batch that divides the number of maps times `pictures`
   * @param maps descriptions of the maps, [N, h, w] or in the image's shape
   * @param pictures how many pictures are masked in a run
   * @throws LimnError `bad-option` for a fraction that is not above 0 and at most 1
   */
  static async create(
    classifier: Classifier,
    maps: readonly MaskingMap[],
    pictures: number,
    runtime: Runtime,
    options: MaskingOptions = {},
  ): Promise<MaskedScores> {
    const graph = maskingGraph(classifier, maps, pictures, options);
    const model = { ...classifier.model, graph };
    const session = await openSession(model, runtime, { weights: classifier.weights, yields: true });
    return new MaskedScores(session, maps, pictures, options.ranks === true);
  }

  /**
   * @param image [N, ...], N a multiple of the pictures in a run
   * @param targets a class for each of the first pictures; those without one are left out
   * @param maps raw values as the methods give them, in the order of `create`: [N, ...]
   * @returns the results for each picture, one for each map
   */
  async run(image: TensorValue, targets: readonly number[], maps: readonly Float32Array[]): Promise<MaskedMap[][]> {
    const results: MaskedMap[][] = [];
    for (let first = 0; first < targets.length; first += this.#pictures) {
      results.push(...(await this.#masked(first, image, targets, maps)));
    }
    return results.slice(0, targets.length);
  }

  /** One run, for the pictures from number `first` on. */
  async #masked(
    first: number,
    { dtype, dims: [N = 1, ...rest], data }: TensorValue,
    targets: readonly number[],
    maps: readonly Float32Array[],
  ): Promise<MaskedMap[][]> {
    const pictures = this.#pictures;
    const some = (values: Float32Array) => {
      const size = values.length / N;
      return values.subarray(first * size, (first + pictures) * size);
    };
    const feeds: Record<string, TensorValue> = {
      [IMAGE]: { dtype, dims: [pictures, ...rest], data: some(data as Float32Array) },
      [TARGET]: targetsTensor(Array.from({ length: pictures }, (_, i) => targets[first + i] ?? -1)),
    };
    this.#maps.forEach(({ shape }, k) => {
      feeds[mapName(k)] = {
        dtype: "float32",
        dims: [pictures, ...shape.slice(1)],
        data: some(maps[k] as Float32Array),
      };
    });
    const results = await this.#session.run(feeds, this.#ranks ? [SCORES, PLACED, VALUES, RANKS] : [SCORES, PLACED]);
    /** The part of an output for one map of one picture; all pictures of the first map come first. */
    const part = (name: string, i: number, k: number) => {
      const values = (results[name] as TensorValue).data as Float32Array;
      const size = values.length / (pictures * this.#maps.length);
      const at = k * pictures + i;
      return values.subarray(at * size, (at + 1) * size);
    };
    return Array.from({ length: pictures }, (_, i) =>
      this.#maps.map((_, k) => ({
        placed: part(PLACED, i, k),
        values: this.#ranks ? part(VALUES, i, k) : new Float32Array(),
        ranks: this.#ranks ? part(RANKS, i, k) : new Float32Array(),
        score: part(SCORES, i, k)[0] as number,
      })),
    );
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

function maskingGraph(
  classifier: Classifier,
  maps: readonly MaskingMap[],
  pictures: number,
  { blank = "black", keepTop, signed = "positive", ranks = false, range, combination }: MaskingOptions,
): Graph {
  if (keepTop !== undefined && !(keepTop > 0 && keepTop <= 1)) {
    throw new LimnError("bad-option", `keepTop ${keepTop}: give the fraction of pixels to show, above 0 and at most 1`);
  }
  const graph = new Graph();
  const image = graph.addInput(IMAGE, "float32", [pictures, ...classifier.image.dims.slice(1)]);
  const target = graph.addInput(TARGET, "int64", [pictures]);
  const channelAxis = channelAxisOf(classifier.image);
  const hidden = blankOf({ image, channelAxis, range }, blank);
  const size = pictureSize(image, channelAxis);
  const grids = maps.map((map, k) => {
    const raw = graph.addInput(mapName(k), "float32", [pictures, ...map.shape.slice(1)]);
    return raw.rank === 3 ? raw : sum(raw, [channelAxis], false);
  });
  const marked = grids.map((grid, k) => (maps[k]?.signed && signed === "positive" ? relu(grid) : grid));
  const atInput = (each: readonly Value[]) =>
    concat(
      each.map((grid) => magnified(grid, size)),
      0,
    );
  const placed = atInput(marked);
  const outputs: [string, Value][] = [[PLACED, placed]];
  if (ranks) {
    // the order goes on below 0, where pixels speak against the class
    const values = atInput(grids);
    outputs.push([VALUES, values], [RANKS, ranksOf(values)]);
  }
  const unit =
    keepTop === undefined ? toUnitRange(placed) : cast(less(ranksOf(placed), keepTop * sizeOf(size)), "float32");
  // maps times pictures: every map masks the same pictures
  const masks = unsqueeze(reshape(unit, [maps.length, pictures, ...size]), [channelAxis + 1]);
  const masked = add(hidden, mul(masks, sub(image, hidden)));
  const targets = expand(unsqueeze(target, [0]), [maps.length, pictures]);
  const count = maps.length * pictures;
  const changed = reshape(masked, [count, ...image.dims.slice(1)]);
  const scores = measuredScore(classified(changed, classifier), reshape(targets, [count]), classifier, combination);
  nameOutputs(graph, [[SCORES, scores], ...outputs]);
  return graph;
}

/**
 * The rank of every pixel, from the largest value to the smallest; equal values keep their reading order.
 * @param maps [N, H, W]
 */
export function ranksOf(maps: Value): Value {
  const [N = 1, H = 1, W = 1] = maps.dims;
  const flat = reshape(maps, [N, H * W]);
  const [, order] = maps.graph.emitAll("TopK", [flat, maps.graph.ints([H * W])], { axis: 1 }, 2) as [Value, Value];
  const ranks = expand(unsqueeze(counted(maps, H * W), [0]), [N, H * W]);
  return reshape(maps.graph.emit("ScatterElements", [flat, order, ranks], { axis: 1 }), [N, H, W]);
}
