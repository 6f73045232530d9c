import {
  batchFor,
  channelAxisOf,
  LimnError,
  type MeasuredPicture,
  Measurer,
  type ObjectInView,
  type PictureInView,
  type Preprocessed,
  Preprocessor,
  type Runtime,
  rangeAfter,
} from "@limn/core";
import type { DataSet, OpenedItem } from "../data/data-set.js";
import { type LabelMatch, matchLabels } from "../data/match-labels.js";
import { openData } from "../data/open-data.js";
import { type OpenedClassifier, openClassifier } from "../open-classifier.js";
import { seenObjects } from "./object-masks.js";
import type { ItemRecord } from "./result-log.js";
import type { EvaluationSettings } from "./settings.js";
import type { Laborer } from "./workforce.js";

/** A picture that was read, or what is wrong with it. */
type ReadItem = OpenedItem | LimnError;

/** What one picture of a chunk has come to. */
interface Prepared extends Preprocessed {
  readonly index: number;
  readonly item: OpenedItem;
}

/** Measures chunks of a data set; what worker threads, other machines and the calling thread do alike. */
export class Evaluator implements Laborer {
  readonly data: DataSet;
  readonly opened: OpenedClassifier;
  readonly #settings: EvaluationSettings;
  readonly #match: LabelMatch;
  readonly #measurer: Measurer;
  readonly #preprocessor: Preprocessor;
  /** Chunks wait for each other here, so that one is read while another one computes. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(settings: EvaluationSettings, parts: Parts) {
    this.#settings = settings;
    this.data = parts.data;
    this.opened = parts.opened;
    this.#match = parts.match;
    this.#measurer = parts.measurer;
    this.#preprocessor = parts.preprocessor;
  }

  /** @throws LimnError for a model, data set, method or option that can't be used */
  static async open(settings: EvaluationSettings, runtime: Runtime): Promise<Evaluator> {
    const { maps, masking, curves, shattering, batch } = settings;
    const opened = await openClassifier(settings.model, runtime, settings.classifier);
    const { classifier, input, preprocessing, labels, found } = opened;
    if (!input || !preprocessing) {
      throw new LimnError("unsupported", `${found.name}: its input takes no pictures, which an evaluation is made of`);
    }
    const data = await openData(settings.data);
    const match = matchLabels(data, { classes: classifier.classes, labels, mapping: settings.mapping });
    const load = (pictures: number) => opened.reload([pictures, ...classifier.image.dims.slice(1)]);
    const measurer = await Measurer.create(load, { batch, step: Math.min(batch, batchFor(classifier)) }, runtime, {
      maps,
      masking,
      shattering,
      range: rangeAfter(preprocessing),
      ...(curves ? { curves } : {}),
    });
    const preprocessor = await Preprocessor.create(runtime, preprocessing, input);
    return new Evaluator(settings, { data, opened, match, measurer, preprocessor });
  }

  /** Reads at once, and computes when the chunks before are done. */
  measure(chunk: number): Promise<ItemRecord[]> {
    const read = this.#read(chunk);
    const measured = this.#last.then(async () => (await this.#measured(chunk, await read)).map(({ record }) => record));
    this.#last = measured.catch(() => {});
    return measured;
  }

  #indices(chunk: number): number[] {
    const { batch } = this.#settings;
    const first = chunk * batch;
    return Array.from({ length: Math.min(batch, this.data.items.length - first) }, (_, i) => first + i);
  }

  #read(chunk: number): Promise<ReadItem[]> {
    return Promise.all(
      this.#indices(chunk).map((index) =>
        this.data.open(index).catch((error: unknown) => {
          if (error instanceof LimnError) return error;
          throw error;
        }),
      ),
    );
  }

  async #measured(
    chunk: number,
    read: readonly ReadItem[],
  ): Promise<{ record: ItemRecord; picture?: MeasuredPicture }[]> {
    const { dims } = this.opened.classifier.image;
    const size = dims.slice(1).reduce((a, b) => a * b, 1);
    const image = new Float32Array(this.#settings.batch * size);
    const prepared: Prepared[] = [];
    const failed = new Map<number, LimnError>();
    for (const [i, index] of this.#indices(chunk).entries()) {
      const item = read[i] as ReadItem;
      const made = item instanceof LimnError ? item : await this.#preprocess(item);
      if (made instanceof LimnError) failed.set(index, made);
      else {
        image.set(made.tensor.data as Float32Array, prepared.length * size);
        prepared.push({ ...made, index, item: item as OpenedItem });
      }
    }
    const pictures: PictureInView[] = [];
    for (const each of prepared) pictures.push(await this.#inView(each));
    const batched = { dtype: "float32", dims: [this.#settings.batch, ...dims.slice(1)], data: image } as const;
    const measured = pictures.length === 0 ? [] : await this.#measurer.measure(batched, pictures);
    return this.#indices(chunk).map((index) => {
      const { id } = this.data.items[index] as DataSet["items"][number];
      const error = failed.get(index);
      if (error) return { record: { index, id, error: error.message } };
      const picture = measured[prepared.findIndex((each) => each.index === index)] as MeasuredPicture;
      return { record: this.#recordOf(index, id, picture), picture };
    });
  }

  async #preprocess({ picture }: OpenedItem): Promise<Preprocessed | LimnError> {
    try {
      return await this.#preprocessor.run(picture);
    } catch (error) {
      if (error instanceof LimnError && error.code === "bad-input") return error;
      throw error;
    }
  }

  async #inView({ index, item: { picture, objects }, geometry }: Prepared): Promise<PictureInView> {
    const { image } = this.opened.classifier;
    const [height, width] = (channelAxisOf(image) === 1 ? image.dims.slice(2) : image.dims.slice(1, 3)) as [
      number,
      number,
    ];
    const seen = await seenObjects(objects, [picture.height, picture.width], geometry.view, [height, width]);
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

interface Parts {
  readonly data: DataSet;
  readonly opened: OpenedClassifier;
  readonly match: LabelMatch;
  readonly measurer: Measurer;
  readonly preprocessor: Preprocessor;
}
