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
import type { EvaluationSettings } from "./settings.js";
import { knownRange, labelsOf, openSubject, type Subject, sizesOf } from "./subject.js";
import type { Laborer } from "./workforce.js";

/** What is known of a picture, and what it takes to show it, where it could be used. */
export interface Examined {
  readonly record: ItemRecord;
  readonly picture?: Picture;
  /** What the model sees of it, in its pixels. */
  readonly view?: Rectangle;
  readonly maps?: readonly MeasuredMap[];
}

/** Measures chunks of a data set; what worker threads, other machines and the calling thread do alike. */
export class Evaluator implements Laborer {
  readonly #settings: EvaluationSettings;
  readonly #subject: Subject;
  readonly #measurer: Measurer;
  readonly #loader: PictureLoader;
  /** Chunks wait for each other here, so that one is read while another one computes. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(settings: EvaluationSettings, subject: Subject, measurer: Measurer, loader: PictureLoader) {
    this.#settings = settings;
    this.#subject = subject;
    this.#measurer = measurer;
    this.#loader = loader;
  }

  /**
   * @param subject what the settings name, where it is open already
   * @throws LimnError for a model, data set, method or option that can't be used
   */
  static async open(settings: EvaluationSettings, runtime: Runtime, subject?: Subject): Promise<Evaluator> {
    const { maps, masking, curves, shattering, batch } = settings;
    const known = subject ?? (await openSubject(settings, runtime));
    const { opened, data } = known;
    const loader = await PictureLoader.create(data, opened, batch, runtime);
    const measurer = await Measurer.create(...sizesOf(opened, batch), runtime, {
      maps,
      masking,
      shattering,
      ...knownRange(opened),
      ...(curves ? { curves } : {}),
    });
    return new Evaluator(settings, known, measurer, loader);
  }

  /** Reads at once, and computes when the chunks before are done. */
  async measure(chunk: number): Promise<ItemRecord[]> {
    return (await this.examine(this.#indices(chunk))).map(({ record }) => record);
  }

  /**
   * The same for any pictures, as many as a chunk has at most, with what it takes to show them.
   * @param targets the classes that are explained. Default: what the settings say
   */
  examine(indices: readonly number[], targets?: readonly number[]): Promise<Examined[]> {
    const read = this.#loader.read(indices);
    // what goes wrong is told when the chunks before are done
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
    const { image, pictures, failed } = await this.#loader.load(read, async (place, item, { view }) => {
      const index = indices[place] as number;
      const inView = await pictureInView(this.#settings, this.#subject, index, item, view, this.#loader.size);
      return targets ? { ...inView, target: targets[place] as number } : inView;
    });
    const inView = pictures.map(({ told }) => told);
    const measured = pictures.length === 0 ? [] : await this.#measurer.measure(image, inView);
    return indices.map((index, place) => {
      const { id } = this.#subject.data.items[index] as DataSet["items"][number];
      const error = failed.get(place);
      if (error) return { record: { index, id, error: error.message } };
      const n = pictures.findIndex((each) => each.place === place);
      const { item, geometry } = pictures[n] as LoadedPicture<PictureInView>;
      const found = measured[n] as MeasuredPicture;
      return { record: this.#recordOf(index, id, found), picture: item.picture, view: geometry.view, maps: found.maps };
    });
  }

  #recordOf(
    index: number,
    id: string,
    { target, predicted, runnerUp, probabilities, maps, shattering }: MeasuredPicture,
  ): ItemRecord {
    const probability = probabilities[target] as number;
    if (!Number.isFinite(probability)) return { index, id, error: "the model's scores are not numbers" };
    return {
      index,
      id,
      labels: [...labelsOf(this.#subject, index)],
      target,
      predicted,
      probability,
      confidence: probabilities[predicted] as number,
      ...(runnerUp === undefined ? {} : { runnerUp, runnerUpConfidence: probabilities[runnerUp] as number }),
      maps: Object.fromEntries(maps.map(({ request, measures }) => [request.output, { ...measures }])),
      ...(this.#settings.shattering
        ? { shattering: Object.fromEntries(this.#measurer.stages.map((name, i) => [name, shattering[i] as number])) }
        : {}),
    };
  }

  async release(): Promise<void> {
    await Promise.all([this.#measurer.release(), this.#loader.release()]);
  }
}
