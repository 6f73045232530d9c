import {
  type Classifier,
  layersOf,
  loadForBatch,
  type MeasuredMap,
  type MeasuredPicture,
  Measurer,
  type ObjectInView,
  type PictureInView,
  type Runtime,
} from "@limn/core";
import { pictureInView } from "../evaluation/in-view.js";
import { PictureLoader } from "../evaluation/picture-loader.js";
import type { EvaluationSettings } from "../evaluation/settings.js";
import { knownRange, type Subject, sizesOf } from "../evaluation/subject.js";
import type { ClaimOnMaps, ObservedMap, ObservedPicture } from "./claim.js";

/** What is measured of every picture. */
export interface StudyOptions extends Pick<EvaluationSettings, "maps" | "target">, Pick<ClaimOnMaps, "otherClass"> {
  /** Whether gradients are measured along the depth of the network. */
  readonly gradients: boolean;
}

/** The pictures of a data set with their maps, measured as an evaluation does. The maps are kept while claims look at them. */
export class Study {
  readonly #subject: Subject;
  readonly #options: StudyOptions;
  readonly #batch: number;
  readonly #loader: PictureLoader;
  readonly #measurer: Measurer;
  /** How deep each stage lies, by its name. */
  readonly #depths: ReadonlyMap<string, number>;

  private constructor(
    subject: Subject,
    options: StudyOptions,
    batch: number,
    loader: PictureLoader,
    measurer: Measurer,
  ) {
    this.#subject = subject;
    this.#options = options;
    this.#batch = batch;
    this.#loader = loader;
    this.#measurer = measurer;
    this.#depths = depthsOf(subject.opened.classifier);
  }

  /** @throws LimnError for maps that the model can't have, and models that take no pictures */
  static async open(subject: Subject, options: StudyOptions, runtime: Runtime): Promise<Study> {
    const { opened, data } = subject;
    const most = (await loadForBatch(opened.classifier, opened.reload))?.image.dims[0] ?? 1;
    const batch = Math.min(most, data.items.length);
    const loader = await PictureLoader.create(data, opened, batch, runtime);
    const measurer = await Measurer.create(...sizesOf(opened, batch), runtime, {
      maps: options.maps,
      shattering: options.gradients,
      ...knownRange(opened),
    });
    return new Study(subject, options, batch, loader, measurer);
  }

  /** The pictures, batch after batch, in the data's order; those that can't be used are left out. */
  async *batches(): AsyncGenerator<ObservedPicture[]> {
    const count = this.#subject.data.items.length;
    for (let first = 0; first < count; first += this.#batch) {
      yield await this.#observed(Array.from({ length: Math.min(this.#batch, count - first) }, (_, i) => first + i));
    }
  }

  async #observed(indices: readonly number[]): Promise<ObservedPicture[]> {
    const read = await this.#loader.read(indices);
    const { image, pictures } = await this.#loader.load(read, (position, item, { view }) =>
      pictureInView(this.#options, this.#subject, indices[position] as number, item, view, this.#loader.size),
    );
    if (pictures.length === 0) return [];
    const inView = pictures.map(({ told }) => told);
    const measured = await this.#measurer.measure(image, inView);
    const others = this.#options.otherClass ? measured.map((picture, i) => otherClassOf(picture, inView[i])) : [];
    const again = others.some((other) => other !== undefined)
      ? await this.#measurer.measure(
          image,
          inView.map((told, i) => ({ ...told, target: others[i] ?? told.target })),
        )
      : [];
    return measured.map((picture, i) => ({
      size: this.#loader.size,
      own: inView[i]?.objects?.filter(({ classes }) => classes.includes(picture.target)),
      maps: this.#mapsOf(picture),
      otherMaps: others[i] === undefined ? undefined : this.#mapsOf(again[i] as MeasuredPicture),
      gradients: picture.shattering.map((correlation, k) => ({
        remaining: 1 - (this.#depths.get(this.#measurer.stages[k] as string) ?? 0),
        correlation,
      })),
    }));
  }

  #mapsOf({ maps }: MeasuredPicture): Map<string, ObservedMap> {
    const observed = ({ request, measures, placed }: MeasuredMap): [string, ObservedMap] => [
      request.output,
      { placed, measures, depth: this.#depths.get(request.layer?.stage ?? "") },
    ];
    return new Map(maps.map(observed));
  }

  async release(): Promise<void> {
    await Promise.all([this.#measurer.release(), this.#loader.release()]);
  }
}

/** The most probable class of the first object that is not of the explained class. */
function otherClassOf(
  { target, probabilities }: MeasuredPicture,
  picture: PictureInView | undefined,
): number | undefined {
  const isOther = ({ classes }: ObjectInView) => classes.length > 0 && !classes.includes(target);
  const probability = (index: number) => probabilities[index] as number;
  return picture?.objects
    ?.find(isOther)
    ?.classes.reduce((best, index) => (probability(index) > probability(best) ? index : best));
}

const depthsOf = (classifier: Classifier): Map<string, number> =>
  new Map(layersOf(classifier).flatMap(({ stage, depth }) => (stage === undefined ? [] : [[stage, depth] as const])));
