import { basename, extname } from "node:path";
import {
  type Classifier,
  type Compiled,
  type CompiledMap,
  channelAxisOf,
  type Diagnosis,
  diagnose,
  Explainer,
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
import { targetsOf } from "./labels.js";
import { readNpy } from "./npy.js";
import { type ClassifierChoice, openClassifier } from "./open-classifier.js";
import { readPicture } from "./pictures.js";
import type { PixelRange } from "./pixel-range.js";
import { compileRequests, loadBatched, type RequestOptions } from "./requests.js";
import { pictureOfTensor } from "./tensor-picture.js";

export interface PictureExplainerOptions
  extends Omit<RequestOptions, "scores" | "preprocessing" | "batched" | "iterated">,
    ClassifierChoice {
  /** `predicted`, class indices or labels; several may stand in one, with commas between. Default `predicted`. */
  readonly targets?: readonly string[];
  /** How many pictures methods that take many runs classify at a time. Default: what fits their size. */
  readonly batch?: number;
  /** Which values become black and white in pictures with more than 8 bits. */
  readonly range?: PixelRange | undefined;
}

export interface LabeledClass {
  readonly index: number;
  readonly label: string | undefined;
  readonly probability: number;
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
  readonly #targets: readonly number[];
  readonly #channelAxis: number;
  readonly #range: PixelRange | undefined;

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
    this.#range = parts.range;
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
    const targets = (options.targets ?? ["predicted"]).flatMap((t) => targetsOf(t, classifier.classes, labels));
    const [compiling, { compiled, explainer }] = await timed(async () => {
      const batched = await loadBatched(classifier, options.methods, opened.reload, options.batch);
      const made = compileRequests(classifier, { ...options, preprocessing, batched });
      warnings.push(...made.warnings);
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
      range: options.range,
    });
  }

  /**
   * Explains one picture, once per target; targets that turn out to be the same class give one explanation.
   * @param path a picture, or a .npy tensor of the model's input shape
   * @param targets class indices, -1 for the predicted one; default: those that the explainer was opened with
   * @param watch looks on while maps are made that take many runs
   * @throws LimnError `bad-input` for a file that can't be used, `bad-model` where the model gives no numbers
   */
  async explain(
    path: string,
    targets: readonly number[] = this.#targets,
    watch: Watch = {},
  ): Promise<PictureExplanation[]> {
    const { tensor, picture, view, warnings } = await this.read(path);
    const results: PictureExplanation[] = [];
    for (const wanted of targets) {
      if (results.some(({ target }) => target.index === wanted)) continue;
      const [runMs, [explanation]] = await timed(() => this.#explainer.explain(tensor, [wanted], watch));
      if (!explanation) throw new Error("a run without a result");
      if (!explanation.logits.every(Number.isFinite)) await this.#refuseNotFinite(tensor, path);
      if (results.some(({ target }) => target.index === explanation.target)) continue;
      const maps: PictureMap[] = [];
      for (const raw of explanation.maps) {
        const diagnosis = await diagnose(this.classifier, this.#runtime, tensor, explanation, raw);
        maps.push({ request: raw.request, raw, diagnosis });
      }
      const classOf = (index: number): LabeledClass => ({
        index,
        label: this.labels?.[index],
        probability: explanation.probabilities[index] as number,
      });
      const ranked = [...explanation.logits.keys()].sort(
        (a, b) => (explanation.logits[b] as number) - (explanation.logits[a] as number),
      );
      results.push({
        path,
        picture,
        view,
        prediction: ranked.slice(0, 5).map(classOf),
        target: classOf(explanation.target),
        maps,
        runMs,
        warnings: [...warnings, ...explanation.maps.flatMap(warningsOf)],
      });
    }
    return results;
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
    await Promise.all([this.#explainer.release(), this.#preprocessor?.release(), this.#placer.release()]);
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
    const picture = await readPicture(path, path, { range: this.#range });
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
  readonly targets: readonly number[];
  readonly range: PixelRange | undefined;
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
