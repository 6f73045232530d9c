import {
  type MeasuredMap,
  type MeasuredPicture,
  Measurer,
  type Picture,
  type PictureInView,
  type Rectangle,
  type Runtime,
} from "@limn/core";
import type { DataSet } from "../data/data-set.js";
import { pictureInView } from "./in-view.js";
import { type LoadedPicture, PictureLoader, type ReadItem } from "./picture-loader.js";
import type { ItemRecord } from "./result-log.js";
import { combinationOf, type EvaluationSettings, RANDOM } from "./settings.js";
import { knownRange, labelsOf, openSubject, type Subject, sizesOf } from "./subject.js";
import type { Laborer } from "./workforce.js";

/** The results for a picture and, if it could be used, what is needed to show it. */
export interface Examined {
  readonly record: ItemRecord;
  readonly picture?: Picture;
  /** The part of the picture that the model sees, in its pixels. */
  readonly view?: Rectangle;
  readonly maps?: readonly MeasuredMap[];
}

/** Measures chunks of a data set: worker threads, other machines and the calling thread all use it. */
export class Evaluator implements Laborer {
  readonly #settings: EvaluationSettings;
  readonly #subject: Subject;
  readonly #measurer: Measurer;
  readonly #loader: PictureLoader;
  /** Settles when the last chunk is done. Chunks are measured one after the other, but read at once. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(settings: EvaluationSettings, subject: Subject, measurer: Measurer, loader: PictureLoader) {
    this.#settings = settings;
    this.#subject = subject;
    this.#measurer = measurer;
    this.#loader = loader;
  }

  /**
   * Opens a model and a data set.
   * @param subject the two, if they are open already
   * @throws LimnError for a model, data set, method or option that can't be used
   */
  static async open(settings: EvaluationSettings, runtime: Runtime, subject?: Subject): Promise<Evaluator> {
    const { maps, target, masking, curves, random, shattering, batch } = settings;
    const known = subject ?? (await openSubject(settings, runtime));
    const { opened, data } = known;
    const loader = await PictureLoader.create(data, opened, batch, runtime);
    const measurer = await Measurer.create(...sizesOf(opened, batch), runtime, {
      maps,
      combination: combinationOf(target),
      masking,
      random,
      shattering,
      ...knownRange(opened),
      ...(curves ? { curves } : {}),
    });
    return new Evaluator(settings, known, measurer, loader);
  }

  /** Reads the chunk's pictures at once, and measures them when the chunks before are done. */
  async measure(chunk: number): Promise<ItemRecord[]> {
    return (await this.examine(this.#indices(chunk))).map(({ record }) => record);
  }

  /**
   * The same for any pictures, at most as many as a chunk has, with what is needed to show them.
   * @param targets the classes that are explained. Default: as the settings say
   */
  examine(indices: readonly number[], targets?: readonly number[]): Promise<Examined[]> {
    const read = this.#loader.read(indices);
    // errors are thrown when the chunks before are done
    read.catch(() => {});
    const examined = this.#last.then(async () => this.#examined(indices, await read, targets));
    this.#last = examined.catch(() => {});
    return examined;
  }

  #indices(chunk: number): number[] {
    const { batch } = this.#settings;
    const first = chunk * batch;
    return Array.from({ length: Math.min(batch, this.#subject.data.items.length - first) }, (_, i) => first + i);
  }

  async #examined(
    indices: readonly number[],
    read: readonly ReadItem[],
    targets?: readonly number[],
  ): Promise<Examined[]> {
    const { image, pictures, failed } = await this.#loader.load(read, async (position, item, { view }) => {
      const index = indices[position] as number;
      const inView = await pictureInView(this.#settings, this.#subject, index, item, view, this.#loader.size);
      return targets ? { ...inView, target: targets[position] as number } : inView;
    });
    const inView = pictures.map(({ told }) => told);
    const measured = pictures.length === 0 ? [] : await this.#measurer.measure(image, inView);
    return indices.map((index, position) => {
      const { id } = this.#subject.data.items[index] as DataSet["items"][number];
      const error = failed.get(position);
      if (error) return { record: { index, id, error: error.message } };
      const n = pictures.findIndex((each) => each.position === position);
      const { item, geometry } = pictures[n] as LoadedPicture<PictureInView>;
      const found = measured[n] as MeasuredPicture;
      return { record: this.#recordOf(index, id, found), picture: item.picture, view: geometry.view, maps: found.maps };
    });
  }

  #recordOf(
    index: number,
    id: string,
    { target, predicted, runnerUp, probabilities, maps, random, shattering }: MeasuredPicture,
  ): ItemRecord {
    const probability = probabilities[target] as number;
    if (!Number.isFinite(probability)) return { index, id, error: "the model's scores for it are not numbers" };
    return {
      index,
      id,
      labels: [...labelsOf(this.#subject, index)],
      target,
      predicted,
      probability,
      confidence: probabilities[predicted] as number,
      ...(runnerUp === undefined ? {} : { runnerUp, runnerUpConfidence: probabilities[runnerUp] as number }),
      maps: {
        ...Object.fromEntries(maps.map(({ request, measures }) => [request.output, { ...measures }])),
        ...(random ? { [RANDOM]: { ...random } } : {}),
      },
      ...(this.#settings.shattering
        ? { shattering: Object.fromEntries(this.#measurer.stages.map((name, i) => [name, shattering[i] as number])) }
        : {}),
    };
  }

  async release(): Promise<void> {
    await Promise.all([this.#measurer.release(), this.#loader.release()]);
  }
}
