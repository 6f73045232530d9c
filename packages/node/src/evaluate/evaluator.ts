import {
  batchFor,
  LimnError,
  type MeasuredMap,
  type MeasuredPicture,
  Measurer,
  type ObjectInView,
  type Picture,
  type PictureInView,
  type Preprocessed,
  Preprocessor,
  type Rectangle,
  type Runtime,
  rangeAfter,
} from "@limn/core";
import type { DataSet, OpenedItem } from "../data/data-set.js";
import type { LabelMatch } from "../data/match-labels.js";
import type { OpenedClassifier } from "../open-classifier.js";
import { seenObjects } from "./object-masks.js";
import type { ItemRecord } from "./result-log.js";
import type { EvaluationSettings } from "./settings.js";
import { openSubject, type Subject } from "./subject.js";
import type { Laborer } from "./workforce.js";

/** A picture that was read, or what is wrong with it. */
type ReadItem = OpenedItem | LimnError;

/** What one picture of a chunk has come to. */
interface Prepared extends Preprocessed {
  readonly index: number;
  readonly item: OpenedItem;
  readonly inView: PictureInView;
}

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
  readonly data: DataSet;
  readonly opened: OpenedClassifier;
  readonly #settings: EvaluationSettings;
  readonly #match: LabelMatch;
  readonly #size: readonly [height: number, width: number];
  readonly #measurer: Measurer;
  readonly #preprocessor: Preprocessor;
  /** Chunks wait for each other here, so that one is read while another one computes. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(settings: EvaluationSettings, parts: Parts) {
    this.#settings = settings;
    this.data = parts.data;
    this.opened = parts.opened;
    this.#match = parts.match;
    this.#size = parts.size;
    this.#measurer = parts.measurer;
    this.#preprocessor = parts.preprocessor;
  }

  /**
   * @param subject what the settings name, where it is open already
   * @throws LimnError for a model, data set, method or option that can't be used
   */
  static async open(settings: EvaluationSettings, runtime: Runtime, subject?: Subject): Promise<Evaluator> {
    const { maps, masking, curves, shattering, batch } = settings;
    const known = subject ?? (await openSubject(settings, runtime));
    const { classifier, input, preprocessing, found, reload } = known.opened;
    if (!input || !preprocessing) {
      throw new LimnError("unsupported", `${found.name}: its input takes no pictures, which an evaluation is made of`);
    }
    const load = (pictures: number) => reload([pictures, ...classifier.image.dims.slice(1)]);
    const measurer = await Measurer.create(load, { batch, step: Math.min(batch, batchFor(classifier)) }, runtime, {
      maps,
      masking,
      shattering,
      range: rangeAfter(preprocessing),
      ...(curves ? { curves } : {}),
    });
    const preprocessor = await Preprocessor.create(runtime, preprocessing, input);
    return new Evaluator(settings, { ...known, size: [input.height, input.width], measurer, preprocessor });
  }

  /** Reads at once, and computes when the chunks before are done. */
  async measure(chunk: number): Promise<ItemRecord[]> {
    return (await this.examine(this.#indices(chunk))).map(({ record }) => record);
  }

  /** The same for any pictures, as many as a chunk has at most, with what it takes to show them. */
  examine(indices: readonly number[]): Promise<Examined[]> {
    const read = this.#read(indices);
    const examined = this.#last.then(async () => this.#examined(indices, await read));
    this.#last = examined.catch(() => {});
    return examined;
  }

  #indices(chunk: number): number[] {
    const { batch } = this.#settings;
    const first = chunk * batch;
    return Array.from({ length: Math.min(batch, this.data.items.length - first) }, (_, i) => first + i);
  }

  #read(indices: readonly number[]): Promise<ReadItem[]> {
    return Promise.all(
      indices.map((index) =>
        this.data.open(index).catch((error: unknown) => {
          if (error instanceof LimnError) return error;
          throw error;
        }),
      ),
    );
  }

  async #examined(indices: readonly number[], read: readonly ReadItem[]): Promise<Examined[]> {
    const { dims } = this.opened.classifier.image;
    const size = dims.slice(1).reduce((a, b) => a * b, 1);
    const image = new Float32Array(this.#settings.batch * size);
    const prepared: Prepared[] = [];
    const failed = new Map<number, LimnError>();
    for (const [i, index] of indices.entries()) {
      const made = await this.#prepared(index, read[i] as ReadItem);
      if (made instanceof LimnError) {
        failed.set(index, made);
        continue;
      }
      image.set(made.tensor.data as Float32Array, prepared.length * size);
      prepared.push(made);
    }
    const pictures = prepared.map(({ inView }) => inView);
    const batched = { dtype: "float32", dims: [this.#settings.batch, ...dims.slice(1)], data: image } as const;
    const measured = pictures.length === 0 ? [] : await this.#measurer.measure(batched, pictures);
    return indices.map((index) => {
      const { id } = this.data.items[index] as DataSet["items"][number];
      const error = failed.get(index);
      if (error) return { record: { index, id, error: error.message } };
      const place = prepared.findIndex((each) => each.index === index);
      const { item, geometry } = prepared[place] as Prepared;
      const found = measured[place] as MeasuredPicture;
      return { record: this.#recordOf(index, id, found), picture: item.picture, view: geometry.view, maps: found.maps };
    });
  }

  async #prepared(index: number, item: ReadItem): Promise<Prepared | LimnError> {
    if (item instanceof LimnError) return item;
    try {
      const preprocessed = await this.#preprocessor.run(item.picture);
      return { ...preprocessed, index, item, inView: await this.#inView(index, item, preprocessed.geometry.view) };
    } catch (error) {
      // a picture of a form that the preprocessing can't bring to the input, or a mask that can't be read
      if (error instanceof LimnError && error.code === "bad-input") return error;
      throw error;
    }
  }

  async #inView(index: number, { picture, objects }: OpenedItem, view: Rectangle): Promise<PictureInView> {
    const seen = await seenObjects(objects, [picture.height, picture.width], view, this.#size);
    const inView: ObjectInView[] = seen.map(({ class: name, mask, box }) => ({
      classes: this.#match.classesOf(name),
      mask,
      box,
    }));
    const [label = -1] = this.#settings.target === "label" ? this.#labelsOf(index) : [];
    return { target: label, objects: this.data.objects === "none" ? undefined : inView };
  }

  #labelsOf(index: number): readonly number[] {
    const { label } = this.data.items[index] as DataSet["items"][number];
    return label === undefined ? [] : this.#match.classesOf(label);
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
      labels: [...this.#labelsOf(index)],
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
    await Promise.all([this.#measurer.release(), this.#preprocessor.release()]);
  }
}

interface Parts extends Subject {
  /** Of the model's input, in pixels. */
  readonly size: readonly [height: number, width: number];
  readonly measurer: Measurer;
  readonly preprocessor: Preprocessor;
}
