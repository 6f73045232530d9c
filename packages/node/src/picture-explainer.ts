import { basename, extname } from "node:path";
import {
  type ArrivalCaution,
  adviceOn,
  arrivalCaution,
  type Classifier,
  type Combination,
  type Compiled,
  type CompiledMap,
  channelAxisOf,
  type Diagnosis,
  diagnose,
  type Explained,
  Explainer,
  type Explanation,
  type ExplanationMap,
  explainedOf,
  firstNotFinite,
  type Grid,
  gridOf,
  isRegression,
  LimnError,
  MapPlacer,
  nameOfCombination,
  OncePerKey,
  type Picture,
  PREDICTED,
  type Preprocessing,
  Preprocessor,
  type Rectangle,
  type Runtime,
  rangeAfter,
  rankedClasses,
  type TensorValue,
  type Watch,
} from "@limn/core";
import { LenientExplainer } from "./lenient-explainer.js";
import { readNpyInput } from "./npy.js";
import { type ClassifierChoice, openClassifier } from "./open-classifier.js";
import { readPicture } from "./pictures.js";
import type { PixelRange } from "./pixel-range.js";
import {
  type CompiledRequests,
  compileRequests,
  isNamed,
  loadBatched,
  type MethodFailure,
  type RequestOptions,
  saidOf,
} from "./requests.js";
import { pictureOfTensor } from "./tensor-picture.js";

/** What `PictureExplainer.open` takes: how the model is found, which maps are made, and for which classes. */
export interface PictureExplainerOptions
  extends Omit<RequestOptions, "scores" | "preprocessing" | "batched" | "iterated" | "combination">,
    ClassifierChoice {
  /**
   * `predicted`, class indices or labels, or combinations as `explainedOf` takes them (`-label`, `a - b`, `rest label`,
   * `prob label`); one text may hold several, with commas between them. Default `predicted`.
   */
  readonly targets?: readonly string[];
  /**
   * Of independent labels, "predicted" stands for every one of at least this probability, or the most probable if there
   * is none. Default 0.5.
   */
  readonly threshold?: number;
  /** How many pictures are classified at a time by methods that take many runs. Default: what fits the pictures' size. */
  readonly batch?: number;
  /** Which values become black and white in pictures with more than 8 bits. */
  readonly range?: PixelRange | undefined;
  /** How many pictures will be explained, if it is known: for a few, ONNX Runtime does not optimize the graph first. Default: many. */
  readonly pictures?: number;
}

/** A class of the model, and how probable it is for a picture. */
export interface LabeledClass {
  readonly index: number;
  /** Undefined if the model has no labels; "the value" of a regression; of a combination, all of it. */
  readonly label: string | undefined;
  /** 0 to 1; of a combination, that of the class at its index. */
  readonly probability: number;
  /** Of a model that gives values and no probabilities, as a regression does: the value. */
  readonly value?: number;
  /** Set if it is not a single class that is explained. */
  readonly combination?: Combination;
}

/** One map of one picture. */
export interface PictureMap {
  /** What was asked for: method, layer and options. */
  readonly request: CompiledMap;
  /** As the method gives it, at the layer's or the image's resolution: [h, w] or [C, H, W]. */
  readonly raw: ExplanationMap;
  /** Why the map is blank; undefined if it isn't. */
  readonly diagnosis: Diagnosis | undefined;
  /** Set if the map is relevance that sums to something else than the score; the explanation's warnings say it, too. */
  readonly caution?: ArrivalCaution;
}

/** The explanation of one picture for one class. */
export interface PictureExplanation {
  readonly path: string;
  /** As it was read, in its full size. */
  readonly picture: Picture;
  /** The part of the picture that the model saw, in the picture's pixels; it may reach beyond them. */
  readonly view: Rectangle;
  /** The five most probable classes, the most probable one first. */
  readonly prediction: readonly LabeledClass[];
  /** The class that is explained. */
  readonly target: LabeledClass;
  readonly maps: readonly PictureMap[];
  /** How long the run that gave all maps took, in milliseconds. */
  readonly runMs: number;
  readonly warnings: readonly string[];
}

const sameExplained = ({ index, combination }: LabeledClass, wanted: Explained): boolean =>
  JSON.stringify(combination ?? index) === JSON.stringify(wanted);

/** A combination of other classes. */
const withClasses = (combination: Combination, other: (index: number) => number): Combination =>
  combination.kind === "difference"
    ? { ...combination, of: other(combination.of), other: other(combination.other) }
    : { ...combination, of: other(combination.of) };

/** A label that is at least as probable as not. */
const LIKELY = 0.5;

/**
 * Explains pictures with one model. The model is loaded and all maps are compiled into one graph when it is opened, so
 * that each picture and class costs one run.
 * @example
 * const explainer = await PictureExplainer.open("scenes-resnet", onnxRuntime(), {
 *   methods: ["grad-cam", "lrp"],
 *   targets: ["cat", "dog"],
 * });
 * const explanations = await explainer.explain("photo.jpg"); // one per class
 * await saveExplanations(explainer, explanations, { folder: "limn-out", formats: ["png"] });
 * await explainer.release();
 */
export class PictureExplainer {
  readonly classifier: Classifier;
  readonly labels: readonly string[] | undefined;
  /** Where the labels are from: a file, the model's metadata, or a data set; undefined without labels. */
  readonly labelsFrom: string | undefined;
  readonly preprocessing: Preprocessing | undefined;
  /** Where the preprocessing is from, in words. */
  readonly preprocessingFrom: string;
  /** How long it took to load the model, and to compile the maps. */
  readonly milliseconds: { readonly load: number; readonly compile: number };
  readonly #runtime: Runtime;
  readonly #explainer: Explainer | LenientExplainer;
  readonly #warnings: readonly string[];
  readonly #failures: readonly MethodFailure[];
  readonly #lenients: readonly LenientExplainer[];
  readonly #named: boolean;
  readonly #preprocessor: Preprocessor | undefined;
  readonly #placer: MapPlacer;
  readonly #targets: readonly Explained[];
  readonly #explainerOf: (combination: Combination) => Promise<Explainer | LenientExplainer>;
  readonly #combined: OncePerKey<string, Explainer | LenientExplainer>;
  readonly #threshold: number;
  readonly #channelAxis: number;
  readonly #range: PixelRange | undefined;

  private constructor(parts: Parts) {
    this.classifier = parts.classifier;
    this.labels = parts.labels;
    this.labelsFrom = parts.labelsFrom;
    this.preprocessingFrom = parts.preprocessingFrom;
    this.preprocessing = parts.preprocessor?.preprocessing;
    this.milliseconds = parts.milliseconds;
    this.#runtime = parts.runtime;
    this.#explainer = parts.explainer;
    this.#warnings = parts.warnings;
    this.#failures = parts.failures;
    this.#lenients = parts.lenients;
    this.#named = parts.named;
    this.#preprocessor = parts.preprocessor;
    this.#placer = parts.placer;
    this.#targets = parts.targets;
    this.#explainerOf = parts.explainerOf;
    this.#combined = parts.combined;
    this.#threshold = parts.threshold;
    this.#range = parts.range;
    this.#channelAxis = channelAxisOf(parts.classifier.image);
  }

  /**
   * Opens a model and compiles the maps.
   * @param model a path, or another of the names that `findModel` knows
   * @throws LimnError `bad-model`, `bad-option`, `bad-input`, `unsupported` or `not-applicable`: what can't be used, and
   *   what to do
   */
  static async open(model: string, runtime: Runtime, options: PictureExplainerOptions = {}): Promise<PictureExplainer> {
    const [load, opened] = await timed(() => openClassifier(model, runtime, options));
    const { classifier, labels, input, preprocessing } = opened;
    const warnings = [...opened.warnings];
    const targets = (options.targets ?? ["predicted"]).flatMap((t) => explainedOf(t, classifier.classes, labels));
    const named = isNamed(options.methods ?? "default");
    const lenient = !named || options.partial;
    const failures: MethodFailure[] = [];
    const lenients: LenientExplainer[] = [];
    const runs = (options.pictures ?? Number.POSITIVE_INFINITY) * targets.length;
    const create = async (made: CompiledRequests): Promise<Explainer | LenientExplainer> => {
      warnings.push(...made.warnings);
      failures.push(...made.failures);
      if (!lenient) return Explainer.create(made.compiled, runtime, { runs });
      const explainer = await LenientExplainer.create(made, runtime, { runs });
      lenients.push(explainer);
      return explainer;
    };
    const [loadMore, batched] = await timed(() =>
      loadBatched(classifier, options.methods, opened.reload, options.batch),
    );
    const combined = new OncePerKey<string, Explainer | LenientExplainer>();
    const explainerOf = (combination: Combination) =>
      combined.get(JSON.stringify(combination), async () =>
        create(compileRequests(classifier, { ...options, preprocessing, batched, combination })),
      );
    const [compiling, explainer] = await timed(async () => {
      const made = compileRequests(classifier, { ...options, preprocessing, batched });
      for (const target of targets) if (typeof target !== "number") await explainerOf(target);
      return create(made);
    });
    const preprocessor = input && preprocessing && (await Preprocessor.create(runtime, preprocessing, input));
    const placer = await MapPlacer.create(runtime);
    return new PictureExplainer({
      classifier,
      labels,
      labelsFrom: opened.labelsFrom,
      preprocessingFrom: opened.foundIn,
      warnings,
      failures,
      lenients,
      named,
      milliseconds: { load: load + loadMore, compile: compiling },
      runtime,
      explainer,
      preprocessor,
      placer,
      targets,
      explainerOf,
      combined,
      threshold: options.threshold ?? LIKELY,
      range: options.range,
    });
  }

  get compiled(): Compiled {
    return this.#explainer.compiled;
  }

  /** What is to be known before results are believed; methods that were not named and fail are added as they do. */
  get warnings(): readonly string[] {
    return [...new Set(this.#named ? this.#warnings : [...this.#warnings, ...this.#dropped.map(saidOf)])];
  }

  /** Methods that were named and could not be made, with `partial`; those that fail at a picture are added as they do. */
  get failures(): readonly MethodFailure[] {
    if (!this.#named) return [];
    const failures = [...this.#failures, ...this.#dropped];
    // what fails for single classes and for combinations is one failure
    return [...new Map(failures.map((failure) => [saidOf(failure), failure])).values()];
  }

  get #dropped(): readonly MethodFailure[] {
    return this.#lenients.flatMap(({ dropped }) => dropped);
  }

  /**
   * Explains one picture, once per target. Targets that are the same class, such as -1 and the predicted one's index,
   * give one explanation.
   * @param path a picture, or a .npy tensor of the model's input shape
   * @param targets class indices, -1 for the predicted one, or combinations of classes; default: those that the explainer was opened with
   * @param watch is told how far maps are that take many runs, and can end them
   * @throws LimnError `bad-input` for a file that can't be used, `bad-model` if the model's scores are not numbers
   */
  async explain(
    path: string,
    targets: readonly Explained[] = this.#targets,
    watch: Watch = {},
  ): Promise<PictureExplanation[]> {
    const { tensor, picture, view, warnings } = await this.read(path);
    const names = this.labels ?? (isRegression(this.classifier) ? ["the value"] : undefined);
    const results: PictureExplanation[] = [];
    const queue = [...targets];
    for (let wanted = queue.shift(); wanted !== undefined; wanted = queue.shift()) {
      const isThere = (one: Explained) => results.some(({ target }) => sameExplained(target, one));
      if (isThere(wanted)) continue;
      const explainer = typeof wanted === "number" ? this.#explainer : await this.#explainerOf(wanted);
      const [runMs, [explanation]] = await timed(() =>
        explainer.explain(tensor, typeof wanted === "number" ? [wanted] : [], watch),
      );
      if (!explanation) throw new Error("a run without a result");
      if (!explanation.logits.every(Number.isFinite)) await this.#refuseNotFinite(tensor, path);
      const ranked = rankedClasses(explanation, this.classifier);
      const known = (index: number) => (index === PREDICTED ? (ranked[0] as number) : index);
      const combination = typeof wanted === "number" ? undefined : withClasses(wanted, known);
      if (isThere(combination ?? explanation.target)) continue;
      if (wanted === PREDICTED && this.classifier.independent) queue.unshift(...this.#likely(explanation));
      const maps: PictureMap[] = [];
      const range = this.preprocessing && rangeAfter(this.preprocessing);
      for (const raw of explanation.maps) {
        const diagnosis = await diagnose(this.classifier, this.#runtime, tensor, explanation, raw);
        const caution = combination
          ? undefined
          : await arrivalCaution(this.classifier, this.#runtime, tensor, explanation, raw, range);
        maps.push({ request: raw.request, raw, diagnosis, ...(caution && { caution }) });
      }
      const classOf = (index: number): LabeledClass => ({
        index,
        label: names?.[index],
        probability: explanation.probabilities[index] as number,
        ...(this.classifier.hasProbabilities ? {} : { value: explanation.logits[index] as number }),
      });
      results.push({
        path,
        picture,
        view,
        prediction: ranked.slice(0, 5).map(classOf),
        target: {
          ...classOf(explanation.target),
          ...(combination ? { label: nameOfCombination(combination, names), combination } : {}),
        },
        maps,
        runMs,
        warnings: [
          ...warnings,
          ...explanation.maps.flatMap(adviceOn),
          ...maps.flatMap(({ caution }) => caution?.message ?? []),
        ],
      });
    }
    return results;
  }

  /** Labels above the threshold, the most probable first. */
  #likely({ probabilities }: Explanation): number[] {
    const p = (index: number) => probabilities[index] as number;
    return [...probabilities.keys()].filter((index) => p(index) >= this.#threshold).sort((a, b) => p(b) - p(a));
  }

  /** A map's values as rows and columns. If the map keeps channels, their sum, since a picture shows one value a place. */
  grid({ raw }: PictureMap): Grid {
    return gridOf(raw, this.#channelAxis);
  }

  /**
   * Lays a map on the picture that it explains, or on a scaled copy.
   * @param size in pixels. Default: the picture's own
   * @returns a value for every pixel, bilinear between the map's; NaN where the model did not look
   */
  place(map: PictureMap, explanation: PictureExplanation, size: PictureSize = explanation.picture): Promise<Grid> {
    return this.#placer.place(this.grid(map), scaled(explanation, size), size);
  }

  /**
   * The same for the eye: bicubic. See core's `MapPlacer`.
   * @param grid the map, as `grid` or `smoothed` gives it
   */
  draw(grid: Grid, explanation: PictureExplanation, size: PictureSize): Promise<Grid> {
    return this.#placer.draw(grid, scaled(explanation, size), size);
  }

  /**
   * A map's values as rows and columns, smoothed for the eye.
   * @param share the standard deviation of the Gaussian, as a share of the map's longer side; 0 for none
   */
  async smoothed(map: PictureMap, share: number): Promise<Grid> {
    const grid = this.grid(map);
    return share > 0 ? this.#placer.smooth(grid, share * Math.max(grid.width, grid.height)) : grid;
  }

  /** Frees the memory of its sessions; it can't explain anything afterwards. */
  async release(): Promise<void> {
    const combined = await this.#combined.all();
    await Promise.all([...combined, this.#explainer].map((explainer) => explainer.release()));
    await Promise.all([this.#preprocessor?.release(), this.#placer.release()]);
  }

  /**
   * Reads a picture, or a .npy tensor, as the model takes it.
   * @returns the model's input; the picture, which for a tensor is a stretched view of its values; and the part of the
   *   picture that the input shows
   * @throws LimnError `bad-input` for a file that can't be used
   */
  async read(
    path: string,
  ): Promise<{ tensor: TensorValue; picture: Picture; view: Rectangle; warnings: readonly string[] }> {
    if (extname(path).toLowerCase() === ".npy") {
      const tensor = readNpyInput(path, this.classifier.image.dims);
      const picture = pictureOfTensor(tensor, this.#channelAxis);
      return { tensor, picture, view: { x: 0, y: 0, width: picture.width, height: picture.height }, warnings: [] };
    }
    if (!this.#preprocessor) {
      throw new LimnError(
        "bad-input",
        `${path}: the model's input [${this.classifier.image.dims.join(", ")}] takes no picture; give a .npy tensor of this shape`,
      );
    }
    const picture = await readPicture(path, path, { range: this.#range });
    const { tensor, geometry } = await this.#preprocessor.run(picture).catch((error: unknown) => {
      throw error instanceof LimnError
        ? new LimnError(error.code, `${path}: ${error.message}`, { cause: error })
        : error;
    });
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

/** A size in pixels, by name. Sizes that are lists are [height, width]: see core's `Size`. */
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
  readonly labels: readonly string[] | undefined;
  readonly labelsFrom: string | undefined;
  readonly preprocessingFrom: string;
  readonly warnings: readonly string[];
  readonly failures: readonly MethodFailure[];
  /** Of single classes and of combinations, as they are made. */
  readonly lenients: readonly LenientExplainer[];
  readonly named: boolean;
  readonly milliseconds: { readonly load: number; readonly compile: number };
  readonly runtime: Runtime;
  readonly explainer: Explainer | LenientExplainer;
  readonly preprocessor: Preprocessor | undefined;
  readonly placer: MapPlacer;
  readonly targets: readonly Explained[];
  readonly explainerOf: (combination: Combination) => Promise<Explainer | LenientExplainer>;
  readonly combined: OncePerKey<string, Explainer | LenientExplainer>;
  readonly threshold: number;
  readonly range: PixelRange | undefined;
}

async function timed<T>(action: () => Promise<T>): Promise<[milliseconds: number, result: T]> {
  const start = performance.now();
  const result = await action();
  return [performance.now() - start, result];
}
