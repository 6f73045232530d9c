import { type Classifier, channelAxisOf } from "../classifier.js";
import type { CompiledMap, MapRequest } from "../compile/compiled-map.js";
import { LimnError } from "../error.js";
import type { Size } from "../graph/tensor.js";
import { pictureSize } from "../methods/samples.js";
import type { InputRange } from "../relevance/input-range.js";
import type { Runtime, TensorValue } from "../session.js";
import { type BatchSizes, type LoadForBatch, loadedOnce } from "./load-for-batch.js";
import { MapMaker } from "./map-maker.js";
import { type MaskedMap, MaskedScores, type MaskingOptions } from "./masked-scores.js";
import { type MapMeasures, measuresOfMap, type ObjectInView } from "./measures-of-map.js";
import { type CurveOptions, CurveScorer } from "./score-curves.js";
import { GradientShattering } from "./shattering.js";

export interface MeasurerOptions {
  readonly maps: readonly MapRequest[];
  readonly masking?: MaskingOptions;
  /** Deletion and insertion, which classify some 66 pictures for each map. Default: not measured. */
  readonly curves?: CurveOptions;
  /** Whether the correlation of neighboring gradients is measured at every stage. Default false. */
  readonly shattering?: boolean;
  /** The lowest and highest possible value of the preprocessed image, where they are known. */
  readonly range?: InputRange;
}

/** A picture that is to be measured. */
export interface PictureInView {
  /** The class that is explained; -1 for the predicted one. */
  readonly target: number;
  /** Undefined where nothing is known of objects. */
  readonly objects: readonly ObjectInView[] | undefined;
}

export interface MeasuredMap {
  readonly request: CompiledMap;
  readonly measures: MapMeasures;
  /** At the resolution of the model's input: [H, W], row by row. */
  readonly placed: Float32Array;
  readonly size: Size;
}

export interface MeasuredPicture {
  /** The class that is explained, and the one that is predicted. */
  readonly target: number;
  readonly predicted: number;
  /** The second guess; undefined where there is one class alone. */
  readonly runnerUp: number | undefined;
  /** float32 [classes], from 0 to 1 */
  readonly probabilities: Float32Array;
  readonly maps: readonly MeasuredMap[];
  /** Correlations of neighboring gradients, in the order of `stages`; empty where they are not wanted. */
  readonly shattering: readonly number[];
}

/** Measures the maps of batch after batch of pictures. */
export class Measurer {
  readonly maps: readonly CompiledMap[];
  /** Where gradients are looked at. */
  readonly stages: readonly string[];
  readonly #batch: number;
  readonly #size: Size;
  readonly #parts: Parts;

  private constructor(batch: number, size: Size, parts: Parts) {
    this.#size = size;
    this.maps = parts.maker.maps;
    this.stages = parts.shattering?.stages.map(({ name }) => name) ?? [];
    this.#batch = batch;
    this.#parts = parts;
  }

  /** @throws LimnError for methods and options that do not fit the model */
  static async create(
    load: LoadForBatch,
    { batch, step }: BatchSizes,
    runtime: Runtime,
    options: MeasurerOptions,
  ): Promise<Measurer> {
    const { maps, masking = {}, curves, shattering = false, range } = options;
    const known = range ? { range } : {};
    const once = loadedOnce(load);
    const together = await once(batch);
    const sizes = { batch: together, single: () => once(1), step: () => once(step) };
    const maker = await MapMaker.create(maps, sizes, runtime, range ? { inputRange: range } : {});
    const scorerOfSome = async () => {
      const some = maskedTogether(batch, maps.length);
      const classifier = await largest(once, some * maps.length, some);
      const wanted = { ...masking, ...known, ranks: curves !== undefined };
      return MaskedScores.create(classifier, maker.maps, some, runtime, wanted);
    };
    const scorer = maps.length > 0 ? await scorerOfSome() : undefined;
    return new Measurer(batch, pictureSize(together.image, channelAxisOf(together.image)), {
      maker,
      scorer,
      curves: curves && (await CurveScorer.create(await once(step), runtime, { ...curves, ...known })),
      shattering: shattering ? await GradientShattering.create(together, runtime) : undefined,
    });
  }

  /**
   * @param image [N, ...], N the batch; where there are fewer pictures, whatever follows them is not looked at
   * @param pictures what is known of each
   */
  async measure(image: TensorValue, pictures: readonly PictureInView[]): Promise<MeasuredPicture[]> {
    const { maker, scorer, curves, shattering } = this.#parts;
    const wanted = Array.from({ length: this.#batch }, (_, i) => pictures[i]?.target ?? -1);
    const { explanations, maps } = await maker.make(image, wanted);
    const targets = explanations.map(({ target }) => target);
    const masked = (await scorer?.run(image, targets.slice(0, pictures.length), maps)) ?? [];
    const correlations = (await shattering?.run(image, targets)) ?? [];
    const results: MeasuredPicture[] = [];
    for (const [n, { objects }] of pictures.entries()) {
      const { target, logits, probabilities } = explanations[n] as (typeof explanations)[number];
      const masks = masked[n] ?? [];
      const measured: MeasuredMap[] = [];
      for (const [k, request] of this.maps.entries()) {
        const { placed, ranks, score } = masks[k] as MaskedMap;
        const curve = await curves?.run(oneOf(image, n), target, ranks);
        const measures = measuresOfMap(placed, {
          whole: probabilities[target] as number,
          masked: score,
          curves: curve,
          objects,
          target,
        });
        measured.push({ request, measures, placed, size: this.#size });
      }
      results.push({
        target,
        ...guessesOf(logits),
        probabilities,
        maps: measured,
        shattering: correlations.map((values) => values[n] as number),
      });
    }
    return results;
  }

  async release(): Promise<void> {
    await Promise.all(
      Object.values(this.#parts).map((part: { release(): Promise<void> } | undefined) => part?.release()),
    );
  }
}

/**
 * How many pictures of a batch are masked in a run, so that the model classifies about as many as it explains together:
 * more would take more memory, and fit no cache.
 */
function maskedTogether(batch: number, maps: number): number {
  let pictures = Math.max(1, Math.floor(batch / maps));
  while (batch % pictures !== 0) pictures--;
  return pictures;
}

/** The two most probable classes; the first ones of equals. By the logits, which tell apart what probabilities round to 1. */
function guessesOf(logits: Float32Array): Pick<MeasuredPicture, "predicted" | "runnerUp"> {
  let [predicted, runnerUp] = [0, undefined as number | undefined];
  for (let c = 1; c < logits.length; c++) {
    const own = logits[c] as number;
    if (own > (logits[predicted] as number)) [predicted, runnerUp] = [c, predicted];
    else if (runnerUp === undefined || own > (logits[runnerUp] as number)) runnerUp = c;
  }
  return { predicted, runnerUp };
}

/** The model for so many pictures, or for a part of them where it takes no other number. */
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
  readonly scorer: MaskedScores | undefined;
  readonly curves: CurveScorer | undefined;
  readonly shattering: GradientShattering | undefined;
}

/** One picture of a batch. */
function oneOf({ dtype, dims: [N = 1, ...rest], data }: TensorValue, n: number): TensorValue {
  const size = data.length / N;
  return { dtype, dims: [1, ...rest], data: (data as Float32Array).subarray(n * size, (n + 1) * size) };
}
