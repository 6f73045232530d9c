import { channelAxisOf } from "../channel-axis.js";
import { type Classifier, rankedClasses } from "../classifier.js";
import type { CompiledMap, MapRequest } from "../compile/compiled-map.js";
import { LimnError } from "../error.js";
import type { Size } from "../graph/tensor.js";
import { type Combination, isProbability } from "../methods/method.js";
import { pictureSize } from "../methods/samples.js";
import type { InputRange } from "../relevance/input-range.js";
import type { Runtime, TensorValue } from "../session.js";
import { type BatchSizes, type LoadForBatch, loadedOnce } from "./load-for-batch.js";
import { joined, MapMaker } from "./map-maker.js";
import { MaskedScores, type MaskingOptions } from "./masked-scores.js";
import { type MapMeasures, measuresOfMap, type ObjectInView } from "./measures-of-map.js";
import { RandomMaps } from "./random-maps.js";
import { type CurveOptions, CurveScorer } from "./score-curves.js";
import { GradientShattering } from "./shattering.js";

/** What a `Measurer` measures. */
export interface MeasurerOptions {
  /** The maps to measure. */
  readonly maps: readonly MapRequest[];
  /**
   * What is explained and measured, if it is not a class. Average drop and increase in confidence are measures of
   * probabilities: they are left out if this is none, and for a model that gives none.
   */
  readonly combination?: Combination | undefined;
  /** How maps hide parts of pictures, for average drop and increase in confidence. */
  readonly masking?: MaskingOptions;
  /**
   * How parts of pictures are hidden in the order of a map: for deletion, insertion, SaCo and perturbation, which classify
   * some 95 pictures for each map. Default: not at all.
   */
  readonly curves?: CurveOptions;
  /** The seed of a random map of each picture, which is measured like the others. Default: there is none. */
  readonly random?: number | undefined;
  /** Whether the correlation of neighboring gradients is measured at every stage. Default false. */
  readonly shattering?: boolean;
  /** The lowest and highest possible value of the preprocessed image, if they are known. */
  readonly range?: InputRange;
}

/** What is known about a picture to measure, at the resolution of the model's input. */
export interface PictureInView {
  /** The class that is explained, -1 for the predicted one; of a combination, the first. */
  readonly target: number;
  /** Its number in the data, on which its random map depends. Default 0. */
  readonly index?: number;
  /** The objects in the picture; undefined if nothing is known about them. */
  readonly objects: readonly ObjectInView[] | undefined;
}

/** One map of one picture, measured. */
export interface MeasuredMap {
  readonly request: CompiledMap;
  readonly measures: MapMeasures;
  /** The map at the resolution of the model's input: [H, W], row by row. */
  readonly placed: Float32Array;
  /** [H, W] */
  readonly size: Size;
}

/** One picture, and the measures of its maps. */
export interface MeasuredPicture {
  /** The class that is explained. */
  readonly target: number;
  /** The most probable class. */
  readonly predicted: number;
  /** The second most probable class; undefined if the model has only one. */
  readonly runnerUp: number | undefined;
  /** float32 [classes], from 0 to 1 */
  readonly probabilities: Float32Array;
  readonly maps: readonly MeasuredMap[];
  /** The measures of its random map; undefined if it has none. */
  readonly random: MapMeasures | undefined;
  /** Correlations of neighboring gradients, -1 to 1, in the order of `stages`; empty if they are not asked for. */
  readonly shattering: readonly number[];
}

/**
 * Measures the maps of pictures, batch after batch. Call `release` when you are done.
 * @example
 * const load = (pictures) => loadClassifier(source, runtime, { inputShape: [pictures, 3, 224, 224] });
 * const options = { maps: [{ method: "grad-cam" }], curves: {} };
 * const measurer = await Measurer.create(load, { batch: 1, step: 8 }, runtime, options);
 * const [picture] = await measurer.measure(image, [{ target: -1, objects: undefined }]);
 * const { averageDrop, deletion } = picture.maps[0].measures;
 * await measurer.release();
 */
export class Measurer {
  /** The maps that it makes, in the order of the requests. */
  readonly maps: readonly CompiledMap[];
  /** Names of the tensors whose gradients it looks at: `image`, and stages. */
  readonly stages: readonly string[];
  readonly #classifier: Classifier;
  readonly #batch: number;
  readonly #size: Size;
  readonly #parts: Parts;
  readonly #dropsMeasured: boolean;

  private constructor(classifier: Classifier, size: Size, dropsMeasured: boolean, parts: Parts) {
    this.#classifier = classifier;
    this.#size = size;
    this.#dropsMeasured = dropsMeasured;
    this.maps = parts.maker.maps;
    this.stages = parts.shattering?.stages.map(({ name }) => name) ?? [];
    this.#batch = classifier.image.dims[0] as number;
    this.#parts = parts;
  }

  /**
   * @param load loads the model for a number of pictures
   * @param sizes how many pictures are explained together, and how many are classified together
   * @throws LimnError for methods and options that do not fit the model, as `compile` does
   */
  static async create(
    load: LoadForBatch,
    { batch, step }: BatchSizes,
    runtime: Runtime,
    options: MeasurerOptions,
  ): Promise<Measurer> {
    const { maps, combination, masking = {}, curves, random, shattering = false, range } = options;
    const known = range ? { range } : {};
    const once = loadedOnce(load);
    const together = await once(batch);
    const sizes = { batch: together, single: () => once(1), step: () => once(step) };
    const maker = await MapMaker.create(maps, sizes, runtime, {
      ...(range ? { inputRange: range } : {}),
      ...(combination ? { combination } : {}),
    });
    const size = pictureSize(together.image, channelAxisOf(together.image));
    const randomMap = { shape: [batch, ...size], signed: false };
    const masks = random === undefined ? maker.maps : [...maker.maps, randomMap];
    const scorerOfSome = async () => {
      const some = maskedTogether(batch, masks.length);
      const classifier = await largest(once, some * masks.length, some);
      const wanted = { ...masking, ...known, combination, ranks: curves !== undefined };
      return MaskedScores.create(classifier, masks, some, runtime, wanted);
    };
    const scorer = masks.length > 0 ? await scorerOfSome() : undefined;
    const dropsMeasured = together.hasProbabilities && isProbability(combination);
    return new Measurer(together, size, dropsMeasured, {
      maker,
      random: random === undefined ? undefined : await RandomMaps.create(size, random, runtime),
      scorer,
      curves: curves && (await CurveScorer.create(await once(step), runtime, { ...curves, ...known, combination })),
      shattering: shattering ? await GradientShattering.create(together, runtime, combination) : undefined,
    });
  }

  /**
   * Makes the maps of a batch and measures them.
   * @param image [N, ...], N the batch; if there are fewer pictures, the rest of the batch is ignored
   * @param pictures what is known about each picture
   * @returns one result per picture, in order
   */
  async measure(image: TensorValue, pictures: readonly PictureInView[]): Promise<MeasuredPicture[]> {
    const { maker, random, scorer, curves, shattering } = this.#parts;
    const wanted = Array.from({ length: this.#batch }, (_, i) => pictures[i]?.target ?? -1);
    const { explanations, maps } = await maker.make(image, wanted);
    const targets = explanations.map(({ target }) => target);
    const all = random ? [...maps, await this.#randomMaps(random, pictures)] : maps;
    const masked = (await scorer?.run(image, targets.slice(0, pictures.length), all)) ?? [];
    const correlations = (await shattering?.run(image, targets)) ?? [];
    const results: MeasuredPicture[] = [];
    for (const [n, { objects }] of pictures.entries()) {
      const explanation = explanations[n] as (typeof explanations)[number];
      const { target, probabilities } = explanation;
      const [predicted = 0, runnerUp] = rankedClasses(explanation, this.#classifier);
      const whole = probabilities[target] as number;
      const measured: MapMeasures[] = [];
      for (const { placed, values, ranks, score } of masked[n] ?? []) {
        const order = curves && { values, ranks, curves: await curves.run(oneOf(image, n), target, ranks) };
        const probability = this.#dropsMeasured ? { whole, masked: score } : undefined;
        measured.push(measuresOfMap(placed, { probability, order, objects, target }));
      }
      results.push({
        target,
        predicted,
        runnerUp,
        probabilities,
        maps: this.maps.map((request, k) => ({
          request,
          measures: measured[k] as MapMeasures,
          placed: masked[n]?.[k]?.placed as Float32Array,
          size: this.#size,
        })),
        random: random && measured.at(-1),
        shattering: correlations.map((values) => values[n] as number),
      });
    }
    return results;
  }

  /** [N, H, W] */
  async #randomMaps(random: RandomMaps, pictures: readonly PictureInView[]): Promise<Float32Array> {
    const each: Float32Array[] = [];
    for (let i = 0; i < this.#batch; i++) each.push(await random.make(pictures[i]?.index ?? 0));
    return joined(each);
  }

  /** Frees what ONNX Runtime holds; the measurer can't be used afterwards. */
  async release(): Promise<void> {
    await Promise.all(
      Object.values(this.#parts).map((part: { release(): Promise<void> } | undefined) => part?.release()),
    );
  }
}

/**
 * How many pictures of a batch are masked in a run, so that the model classifies about as many as it explains together.
 * More would take more memory, and not fit into the cache.
 */
function maskedTogether(batch: number, maps: number): number {
  let pictures = Math.max(1, Math.floor(batch / maps));
  while (batch % pictures !== 0) pictures--;
  return pictures;
}

/** The model for so many pictures, or for a part of them if it can't be loaded for that many. */
async function largest(load: LoadForBatch, pictures: number, part: number): Promise<Classifier> {
  try {
    return await load(pictures);
  } catch (error) {
    if (error instanceof LimnError) return load(part);
    throw error;
  }
}

interface Parts {
  readonly maker: MapMaker;
  readonly random: RandomMaps | undefined;
  readonly scorer: MaskedScores | undefined;
  readonly curves: CurveScorer | undefined;
  readonly shattering: GradientShattering | undefined;
}

/** One picture of a batch. */
function oneOf({ dtype, dims: [N = 1, ...rest], data }: TensorValue, n: number): TensorValue {
  const size = data.length / N;
  return { dtype, dims: [1, ...rest], data: (data as Float32Array).subarray(n * size, (n + 1) * size) };
}
