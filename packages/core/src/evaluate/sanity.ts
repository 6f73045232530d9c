import { randomized, weightedLayers } from "../check/randomization.js";
import type { Classifier } from "../classifier.js";
import type { CompiledMap, MapRequest } from "../compile/compiled-map.js";
import type { Combination } from "../methods/method.js";
import { rankCorrelation } from "../metrics/similarity.js";
import type { InputRange } from "../relevance/input-range.js";
import type { Runtime, TensorValue } from "../session.js";
import { type BatchSizes, type LoadForBatch, loadedOnce } from "./load-for-batch.js";
import { MapMaker } from "./map-maker.js";

/** What a `SanityCheck` compares. */
export interface SanityOptions {
  /** The maps to compare. */
  readonly maps: readonly MapRequest[];
  /** What they explain, if it is not a class. */
  readonly combination?: Combination | undefined;
  /** The same seed draws the same weights. Default 0. */
  readonly seed?: number;
  /** The lowest and highest possible value of the preprocessed image, if they are known. */
  readonly range?: InputRange;
}

/** A step of the cascade: how far the network is random. */
export interface RandomizedLevel {
  /** How many layers with weights are random, counted from the logits back to the image. */
  readonly layers: number;
  /** Name of the random layer that is nearest to the image. */
  readonly name: string;
}

/** Pictures as the trained network explains them. */
export interface ExplainedBatch {
  /** [N, ...], N the batch */
  readonly image: TensorValue;
  /** How many of them count: the first so many. */
  readonly pictures: number;
  /** The classes that are explained, [N]. */
  readonly targets: readonly number[];
  /** The raw values of each map: [N, ...]. */
  readonly maps: readonly Float32Array[];
}

/** The largest number of levels in a cascade: each takes as long as explaining the pictures once. */
export const SANITY_LEVELS = 8;

/**
 * Compares maps with those of the same network whose last layers have random weights (Adebayo et al. 2018, sec. 3.1,
 * cascading randomization). The class that is explained stays the same. A method whose maps hardly change says little
 * about what the network has learned. Call `release` when you are done.
 */
export class SanityCheck {
  readonly #trained: MapMaker;
  readonly #load: LoadForBatch;
  readonly #sizes: BatchSizes;
  readonly #runtime: Runtime;
  readonly #options: SanityOptions;

  private constructor(parts: Parts) {
    this.#trained = parts.trained;
    this.#load = parts.load;
    this.#sizes = parts.sizes;
    this.#runtime = parts.runtime;
    this.#options = parts.options;
  }

  /**
   * @param load loads the model for a number of pictures
   * @throws LimnError for methods that do not fit the model, as `compile` does
   */
  static async create(
    load: LoadForBatch,
    sizes: BatchSizes,
    runtime: Runtime,
    options: SanityOptions,
  ): Promise<SanityCheck> {
    const once = loadedOnce(load);
    const trained = await makerOf(once, sizes, runtime, options);
    return new SanityCheck({ trained, load: once, sizes, runtime, options });
  }

  /** The maps that it compares, in the order of the requests. */
  get maps(): readonly CompiledMap[] {
    return this.#trained.maps;
  }

  /**
   * Explains a batch with the trained network.
   * @param image [N, ...], N the batch; if there are fewer pictures, the rest of the batch is ignored
   * @param wanted a class for each picture; -1 for the one that the trained network predicts
   */
  async explain(image: TensorValue, wanted: readonly number[]): Promise<ExplainedBatch> {
    const all = Array.from({ length: this.#sizes.batch }, (_, i) => wanted[i] ?? -1);
    const { explanations, maps } = await this.#trained.make(image, all);
    return { image, pictures: wanted.length, targets: explanations.map(({ target }) => target), maps };
  }

  /**
   * How similar the maps of the trained and the random network are. Only one random network is in memory at a time.
   * @returns for each map, the rank correlations of absolute values of all pictures, -1 to 1; 0 if the random network's
   *   map is the same everywhere, NaN if the trained network's is
   */
  async similarities({ layers }: RandomizedLevel, batches: readonly ExplainedBatch[]): Promise<number[][]> {
    const { seed = 0 } = this.#options;
    const load = loadedOnce(async (pictures) =>
      randomized(await this.#load(pictures), this.#runtime, { layers, seed }),
    );
    const random = await makerOf(load, this.#sizes, this.#runtime, this.#options);
    try {
      const found = this.maps.map((): number[] => []);
      for (const { image, pictures, targets, maps } of batches) {
        const changed = await random.make(image, targets);
        for (const [k, values] of found.entries()) {
          const pairs = [maps[k], changed.maps[k]].map((all) => parts(all as Float32Array, targets.length));
          const [before, after] = pairs as [Float32Array[], Float32Array[]];
          for (let n = 0; n < pictures; n++) {
            values.push(similarityOf(before[n] as Float32Array, after[n] as Float32Array));
          }
        }
      }
      return found;
    } finally {
      await random.release();
    }
  }

  /** Frees what ONNX Runtime holds; the check can't be used afterwards. */
  release(): Promise<void> {
    return this.#trained.release();
  }
}

interface Parts {
  readonly trained: MapMaker;
  readonly load: LoadForBatch;
  readonly sizes: BatchSizes;
  readonly runtime: Runtime;
  readonly options: SanityOptions;
}

async function makerOf(
  load: LoadForBatch,
  { batch, step }: BatchSizes,
  runtime: Runtime,
  { maps, range, combination }: SanityOptions,
): Promise<MapMaker> {
  const sizes = { batch: await load(batch), single: () => load(1), step: () => load(step) };
  return MapMaker.create(maps, sizes, runtime, {
    ...(range ? { inputRange: range } : {}),
    ...(combination ? { combination } : {}),
  });
}

/** The levels of a network's cascade: from only the last layer to all layers, at most `SANITY_LEVELS`, evenly spaced. */
export function sanityLevels(classifier: Classifier): RandomizedLevel[] {
  const names = weightedLayers(classifier);
  const last = Math.min(SANITY_LEVELS, names.length) - 1;
  const counts = Array.from({ length: last + 1 }, (_, i) =>
    last === 0 ? 1 : 1 + Math.round((i * (names.length - 1)) / last),
  );
  return counts.map((layers) => ({ layers, name: names[layers - 1] as string }));
}

/** Splits values into N equal parts. */
function parts(values: Float32Array, N: number): Float32Array[] {
  const size = values.length / N;
  return Array.from({ length: N }, (_, n) => values.subarray(n * size, (n + 1) * size));
}

/**
 * How similar a map is to that of a random network: the rank correlation of absolute values, -1 to 1; 0 if the random network's
 * map is the same everywhere, NaN if the trained network's is.
 */
export function similarityOf(trained: Float32Array, random: Float32Array): number {
  if (isConstant(trained)) return Number.NaN;
  return isConstant(random) ? 0 : rankCorrelation(trained, random);
}

/** Whether all absolute values are equal. */
const isConstant = (map: Float32Array): boolean => map.every((v) => Math.abs(v) === Math.abs(map[0] as number));
