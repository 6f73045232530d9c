import {
  type MeasuredMap,
  type MeasuredPicture,
  Measurer,
  type ObjectInView,
  type Picture,
  type PictureInView,
  type Rectangle,
  type Runtime,
} from "@limn/core";
import type { DataSet, OpenedItem } from "../data/data-set.js";
import { seenObjects } from "./object-masks.js";
import { type LoadedPicture, PictureLoader, type ReadItem } from "./picture-loader.js";
import type { ItemRecord } from "./result-log.js";
import type { EvaluationSettings } from "./settings.js";
import { knownRange, labelsOf, openSubject, type Subject, sizesOf, wantedTarget } from "./subject.js";
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

  /** The same for any pictures, as many as a chunk has at most, with what it takes to show them. */
  examine(indices: readonly number[]): Promise<Examined[]> {
    const read = this.#loader.read(indices);
    const examined = this.#last.then(async () => this.#examined(indices, await read));
    this.#last = examined.catch(() => {});
    return examined;
  }

  #indices(chunk: number): number[] {
    const { batch } = this.#settings;
    const first = chunk * batch;
    return Array.from({ length: Math.min(batch, this.#subject.data.items.length - first) }, (_, i) => first + i);
  }

  async #examined(indices: readonly number[], read: readonly ReadItem[]): Promise<Examined[]> {
    const { image, pictures, failed } = await this.#loader.load(indices, read, (index, item, { view }) =>
      this.#inView(index, item, view),
    );
    const inView = pictures.map(({ told }) => told);
    const measured = pictures.length === 0 ? [] : await this.#measurer.measure(image, inView);
    return indices.map((index) => {
      const { id } = this.#subject.data.items[index] as DataSet["items"][number];
      const error = failed.get(index);
      if (error) return { record: { index, id, error: error.message } };
      const place = pictures.findIndex((each) => each.index === index);
      const { item, geometry } = pictures[place] as LoadedPicture<PictureInView>;
      const found = measured[place] as MeasuredPicture;
      return { record: this.#recordOf(index, id, found), picture: item.picture, view: geometry.view, maps: found.maps };
    });
  }

  async #inView(index: number, { picture, objects }: OpenedItem, view: Rectangle): Promise<PictureInView> {
    const seen = await seenObjects(objects, [picture.height, picture.width], view, this.#loader.size);
    const { data, match } = this.#subject;
    const inView: ObjectInView[] = seen.map(({ class: name, mask, box }) => ({
      classes: match.classesOf(name),
      mask,
      box,
    }));
    const target = wantedTarget(this.#settings, this.#subject, index);
    return { target, objects: data.objects === "none" ? undefined : inView };
  }

  #recordOf(
    index: number,
    id: string,
    { target, predicted, probabilities, maps, shattering }: MeasuredPicture,
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
