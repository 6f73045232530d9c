import { basename, extname } from "node:path";
import {
  type Classifier,
  type Combination,
  type Compiled,
  type CompiledMap,
  channelAxisOf,
  type Diagnosis,
  diagnose,
  Explainer,
  type Explanation,
  type ExplanationMap,
  firstNotFinite,
  type Grid,
  LimnError,
  MapPlacer,
  type Picture,
  type Preprocessing,
  Preprocessor,
  type Rectangle,
  type Runtime,
  type Shape,
  type TensorValue,
  type Watch,
} from "@limn/core";
import { type Explained, explainedOf, nameOfCombination } from "./labels.js";
import { readNpy } from "./npy.js";
import { type ClassifierChoice, openClassifier } from "./open-classifier.js";
import { readPicture } from "./pictures.js";
import { compileRequests, loadBatched, type RequestOptions } from "./requests.js";
import { pictureOfTensor } from "./tensor-picture.js";

export interface PictureExplainerOptions
  extends Omit<RequestOptions, "scores" | "preprocessing" | "batched" | "iterated" | "combination">,
    ClassifierChoice {
  /** `predicted`, class indices or labels, or what `explainedOf` makes of them (`-label`, `a - b`, `rest label`); several may stand in one, with commas between. Default `predicted`. */
  readonly targets?: readonly string[];
  /**
   * Of independent labels, "predicted" stands for every one of at least this probability, or the most probable where there is
   * none. Default 0.5.
   */
  readonly threshold?: number;
  /** How many pictures methods that take many runs classify at a time. Default: what fits their size. */
  readonly batch?: number;
}

export interface LabeledClass {
  readonly index: number;
  /** Its name; of a combination, all of it. */
  readonly label: string | undefined;
  /** Of a combination, that of the class at its index. */
  readonly probability: number;
  /** Of a model that gives one value and no probability, as a regression does: the value. */
  readonly value?: number;
  /** Where it is not a single class that is explained. */
  readonly combination?: Combination;
}

/** One map of one picture. */
export interface PictureMap {
  readonly request: CompiledMap;
  /** As the method gives it, at the layer's or the image's resolution: [h, w] or [C, H, W]. */
  readonly raw: ExplanationMap;
  readonly diagnosis: Diagnosis | undefined;
}

/** What one picture and one class give. */
export interface PictureExplanation {
  readonly path: string;
  readonly picture: Picture;
  /** What the model saw of the picture. */
  readonly view: Rectangle;
  /** The five most probable classes. */
  readonly prediction: readonly LabeledClass[];
  readonly target: LabeledClass;
  readonly maps: readonly PictureMap[];
  /** Time of the run that gave all maps. */
  readonly runMs: number;
  readonly warnings: readonly string[];
}

/** Stands for the class that the model predicts. */
const PREDICTED = -1;

const sameCombination = (a: Combination | undefined, b: Combination | undefined): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

/** A label that is at least as probable as not. */
const LIKELY = 0.5;

/** Explains pictures with one model: everything that is the same for all of them is done once. */
export class PictureExplainer {
  readonly classifier: Classifier;
  readonly compiled: Compiled;
  readonly labels: readonly string[] | undefined;
  readonly preprocessing: Preprocessing | undefined;
  readonly warnings: readonly string[];
  readonly milliseconds: { readonly load: number; readonly compile: number };
  readonly #runtime: Runtime;
  readonly #explainer: Explainer;
  readonly #preprocessor: Preprocessor | undefined;
  readonly #placer: MapPlacer;
  readonly #targets: readonly Explained[];
  readonly #explainerOf: (combination: Combination) => Promise<Explainer>;
  readonly #combined: ReadonlyMap<string, Promise<Explainer>>;
  readonly #threshold: number;
  readonly #channelAxis: number;

  private constructor(parts: Parts) {
    this.classifier = parts.classifier;
    this.compiled = parts.compiled;
    this.labels = parts.labels;
    this.preprocessing = parts.preprocessor?.preprocessing;
    this.warnings = parts.warnings;
    this.milliseconds = parts.milliseconds;
    this.#runtime = parts.runtime;
    this.#explainer = parts.explainer;
    this.#preprocessor = parts.preprocessor;
    this.#placer = parts.placer;
    this.#targets = parts.targets;
    this.#explainerOf = parts.explainerOf;
    this.#combined = parts.combined;
    this.#threshold = parts.threshold;
    this.#channelAxis = channelAxisOf(parts.classifier.image);
  }

  /**
   * @param model a path, or another of the names that `findModel` knows
   * @throws LimnError for a model, option or file that can't be used
   */
  static async open(model: string, runtime: Runtime, options: PictureExplainerOptions = {}): Promise<PictureExplainer> {
    const [load, opened] = await timed(() => openClassifier(model, runtime, options));
    const { classifier, labels, input, preprocessing } = opened;
    const warnings = [...opened.warnings];
    const targets = (options.targets ?? ["predicted"]).flatMap((t) => explainedOf(t, classifier.classes, labels));
    const combined = new Map<string, Promise<Explainer>>();
    const explainerOf = (combination: Combination): Promise<Explainer> => {
      const key = JSON.stringify(combination);
      const known = combined.get(key);
      if (known) return known;
      const { compiled } = compileRequests(classifier, { ...options, preprocessing, combination });
      const made = Explainer.create(compiled, runtime);
      combined.set(key, made);
      return made;
    };
    const [compiling, { compiled, explainer }] = await timed(async () => {
      const batched = await loadBatched(classifier, options.methods, opened.reload, options.batch);
      const made = compileRequests(classifier, { ...options, preprocessing, batched });
      warnings.push(...made.warnings);
      for (const target of targets) if (typeof target !== "number") await explainerOf(target);
      return { compiled: made.compiled, explainer: await Explainer.create(made.compiled, runtime) };
    });
    const preprocessor = input && preprocessing && (await Preprocessor.create(runtime, preprocessing, input));
    const placer = await MapPlacer.create(runtime);
    return new PictureExplainer({
      classifier,
      compiled,
      labels,
      warnings,
      milliseconds: { load, compile: compiling },
      runtime,
      explainer,
      preprocessor,
      placer,
      targets,
      explainerOf,
      combined,
      threshold: options.threshold ?? LIKELY,
    });
  }

  /**
   * Explains one picture, once per target; targets that turn out to be the same class give one explanation.
   * @param path a picture, or a .npy tensor of the model's input shape
   * @param targets class indices, -1 for the predicted one, or combinations of classes; default: those that the explainer was opened with
   * @param watch looks on while maps are made that take many runs
   * @throws LimnError `bad-input` for a file that can't be used, `bad-model` where the model gives no numbers
   */
  async explain(
    path: string,
    targets: readonly Explained[] = this.#targets,
    watch: Watch = {},
  ): Promise<PictureExplanation[]> {
    const { tensor, picture, view, warnings } = await this.read(path);
    const results: PictureExplanation[] = [];
    const queue = [...targets];
    for (let wanted = queue.shift(); wanted !== undefined; wanted = queue.shift()) {
      const combination = typeof wanted === "number" ? undefined : wanted;
      const isThere = (index: number) =>
        results.some(({ target }) => target.index === index && sameCombination(target.combination, combination));
      if (isThere(typeof wanted === "number" ? wanted : wanted.of)) continue;
      const explainer = combination ? await this.#explainerOf(combination) : this.#explainer;
      const [runMs, [explanation]] = await timed(() =>
        explainer.explain(tensor, typeof wanted === "number" ? [wanted] : [], watch),
      );
      if (!explanation) throw new Error("a run without a result");
      if (!explanation.logits.every(Number.isFinite)) await this.#refuseNotFinite(tensor, path);
      if (isThere(explanation.target)) continue;
      if (wanted === PREDICTED && this.classifier.independent) queue.unshift(...this.#likely(explanation));
      const maps: PictureMap[] = [];
      for (const raw of explanation.maps) {
        // what blank maps are traced to is the logit of a class
        const diagnosis = combination
          ? undefined
          : await diagnose(this.classifier, this.#runtime, tensor, explanation, raw);
        maps.push({ request: raw.request, raw, diagnosis });
      }
      const isValue = this.classifier.classes === 1 && this.classifier.scoreFunction === "none";
      const classOf = (index: number): LabeledClass => ({
        index,
        label: this.labels?.[index],
        probability: explanation.probabilities[index] as number,
        ...(isValue ? { value: explanation.logits[index] as number } : {}),
      });
      const ranked = [...explanation.logits.keys()].sort(
        (a, b) => (explanation.logits[b] as number) - (explanation.logits[a] as number),
      );
      results.push({
        path,
        picture,
        view,
        prediction: ranked.slice(0, 5).map(classOf),
        target: {
          ...classOf(explanation.target),
          ...(combination ? { label: nameOfCombination(combination, this.labels), combination } : {}),
        },
        maps,
        runMs,
        warnings: [...warnings, ...explanation.maps.flatMap(warningsOf)],
      });
    }
    return results;
  }

  /** Labels above the threshold, the most probable first. */
  #likely({ probabilities }: Explanation): number[] {
    const p = (index: number) => probabilities[index] as number;
    return [...probabilities.keys()].filter((index) => p(index) >= this.#threshold).sort((a, b) => p(b) - p(a));
  }

  /** A map's values on a grid; where the map keeps channels, their sum, which is what a picture can show. */
  grid({ raw }: PictureMap): Grid {
    return asGrid(raw, this.#channelAxis);
  }

  /**
   * Lays a map's grid on the picture that it explains, or on a scaled copy: bilinear, NaN where the model did not look.
   * @param size the picture's own, unless given
   */
  place(map: PictureMap, explanation: PictureExplanation, size: PictureSize = explanation.picture): Promise<Grid> {
    return this.#placer.place(this.grid(map), scaled(explanation, size), size);
  }

  async release(): Promise<void> {
    const combined = await Promise.all(this.#combined.values());
    await Promise.all([...combined, this.#explainer].map((explainer) => explainer.release()));
    await Promise.all([this.#preprocessor?.release(), this.#placer.release()]);
  }

  /**
   * The model's input for a picture, or the tensor of a .npy file, with the part of the picture that it shows.
   * @throws LimnError `bad-input` for a file that can't be used
   */
  async read(
    path: string,
  ): Promise<{ tensor: TensorValue; picture: Picture; view: Rectangle; warnings: readonly string[] }> {
    if (extname(path).toLowerCase() === ".npy") {
      const tensor = asInput(readNpy(path), this.classifier.image.dims, path);
      const picture = pictureOfTensor(tensor, this.#channelAxis);
      return { tensor, picture, view: { x: 0, y: 0, width: picture.width, height: picture.height }, warnings: [] };
    }
    if (!this.#preprocessor) {
      throw new LimnError(
        "bad-input",
        `${path}: the model's input [${this.classifier.image.dims.join(", ")}] takes no picture; give a .npy tensor of this shape`,
      );
    }
    const picture = await readPicture(path);
    const { tensor, geometry } = await this.#preprocessor.run(picture);
    return { tensor, picture, view: geometry.view, warnings: picture.warnings };
  }

  async #refuseNotFinite(tensor: TensorValue, path: string): Promise<never> {
    const found = await firstNotFinite(this.classifier, this.#runtime, tensor);
    throw new LimnError(
      "bad-model",
      `${this.classifier.location}: its scores for ${basename(path)} are not numbers: ${found?.message ?? "the values overflow"}`,
    );
  }
}

const warningsOf = ({ request, indicators }: ExplanationMap): string[] =>
  indicators.flatMap(({ name, value, advice }) =>
    advice === undefined ? [] : [`${request.output}: its ${name} is ${value.toPrecision(2)}; ${advice}`],
  );

/** In pixels, by name; where sizes are lists, they are [height, width]: see `Size`. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** What the model saw, in the pixels of a copy of the picture of another size. */
export function scaled({ view, picture }: PictureExplanation, size: PictureSize): Rectangle {
  const x = size.width / picture.width;
  const y = size.height / picture.height;
  return { x: view.x * x, y: view.y * y, width: view.width * x, height: view.height * y };
}

interface Parts {
  readonly classifier: Classifier;
  readonly compiled: Compiled;
  readonly labels: readonly string[] | undefined;
  readonly warnings: readonly string[];
  readonly milliseconds: { readonly load: number; readonly compile: number };
  readonly runtime: Runtime;
  readonly explainer: Explainer;
  readonly preprocessor: Preprocessor | undefined;
  readonly placer: MapPlacer;
  readonly targets: readonly Explained[];
  readonly explainerOf: (combination: Combination) => Promise<Explainer>;
  readonly combined: ReadonlyMap<string, Promise<Explainer>>;
  readonly threshold: number;
}

async function timed<T>(action: () => Promise<T>): Promise<[milliseconds: number, result: T]> {
  const start = performance.now();
  const result = await action();
  return [performance.now() - start, result];
}

function asGrid({ values, shape }: ExplanationMap, channelAxis: number): Grid {
  if (shape.length === 2) return { height: shape[0] as number, width: shape[1] as number, data: values };
  const first = channelAxis === 1;
  const [channels, height, width] = (first ? shape : [shape[2], shape[0], shape[1]]) as [number, number, number];
  const data = new Float32Array(height * width);
  values.forEach((v, i) => {
    const pixel = first ? i % data.length : Math.floor(i / channels);
    data[pixel] = (data[pixel] as number) + v;
  });
  return { height, width, data };
}

function asInput(tensor: TensorValue, shape: Shape, path: string): TensorValue {
  const fits = tensor.dims.length === shape.length && tensor.dims.every((d, i) => d === shape[i]);
  const oneMissing = tensor.dims.length === shape.length - 1 && tensor.dims.every((d, i) => d === shape[i + 1]);
  if (!fits && !oneMissing) {
    throw new LimnError(
      "bad-input",
      `${path}: a tensor of shape [${tensor.dims.join(", ")}], the model takes [${shape.join(", ")}]; save the preprocessed input itself`,
    );
  }
  return { ...tensor, dims: shape };
}
