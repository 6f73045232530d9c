import {
  type Ledger,
  LimnError,
  type MapPlacer,
  type Network,
  nameOfExplained,
  type Picture,
  type PictureHider,
  PREDICTED,
  type Runtime,
  rankedClasses,
  type TensorValue,
  VERSION,
} from "@limn/core";
import type {
  About,
  Call,
  Classification,
  CurveStep,
  Curves,
  Engine,
  Evaluation,
  EvaluationSummary,
  ExplainedClass,
  Glance,
  Hidden,
  HideBy,
  ImagineStep,
  MapWish,
  ModelChoice,
  ModelLink,
  ModelSource,
  NamedFile,
  OpenedModel,
  OpenedPicture,
  PictureSource,
  RandomizedMap,
  SanityStep,
  Subject,
} from "./engine.js";
import { explainPicture, type Made, type PreparedPicture, type Tools } from "./explain.js";
import { Explainers } from "./explainers.js";
import { LeastRecentlyUsed } from "./least-recently-used.js";
import { type OpenModel, openModel } from "./open-model.js";
import { type PlacedModel, placedModel, withCompanions } from "./placed-model.js";
import type { DecodedPicture, NamedPixels, Platform } from "./platform.js";
import { takingTurns } from "./turns.js";

/** How many graphs that hide parts are kept: the brush's, and that of curves. */
const HIDERS = 2;

type Scores = Pick<Classification, "logits" | "probabilities">;

/** The one implementation of `Engine`; what differs between a page and Node is its platform. */
export class Workbench implements Engine {
  readonly #platform: Platform;
  readonly #runtime: Runtime;
  readonly #explainers: Explainers;
  readonly #models = new Map<string, OpenModel>();
  readonly #pictures = new Map<string, OpenPicture>();
  /** Pictures as models take them; a picture or a model that is closed takes its inputs with it. */
  readonly #prepared = new WeakMap<OpenPicture, WeakMap<OpenModel, Promise<PreparedPicture>>>();
  readonly #hiders = new LeastRecentlyUsed<PictureHider>(HIDERS);
  readonly #blanks = new WeakMap<PreparedPicture, Map<string, Promise<TensorValue>>>();
  readonly #tools: Tools;
  #placer: Promise<MapPlacer> | undefined;

  constructor(platform: Platform) {
    this.#platform = platform;
    this.#runtime = takingTurns(platform.runtime, () => platform.pause());
    this.#explainers = new Explainers(this.#runtime);
    this.#tools = { runtime: this.#runtime, explainers: this.#explainers, placer: () => this.#openPlacer() };
  }

  async about(): Promise<About> {
    const { kind, runtimeName, models, pictures } = this.#platform;
    return { version: VERSION, kind, runtime: runtimeName, models, pictures };
  }

  async openModel(source: ModelSource, choice: ModelChoice = {}, call: Call = {}): Promise<OpenedModel> {
    const { signal, onStep } = call;
    onStep?.({ doing: "reading the model", done: 0, total: 2 });
    const platform = this.#platform;
    const placed = await this.#placed(source, call);
    const complete = withCompanions(placed, choice.companions ?? []);
    signal?.throwIfAborted();
    onStep?.({ doing: "loading the model", done: 1, total: 2 });
    const model = await openModel(
      complete,
      { runtime: this.#runtime, labelSet: (name) => platform.labelSet(name) },
      choice,
    );
    await this.release(placed.handle);
    this.#models.set(placed.handle, model);
    return model.opened;
  }

  modelsAt(link: string, call: Call = {}): Promise<readonly ModelLink[]> {
    return this.#platform.modelsAt(link, call);
  }

  async openPicture(source: PictureSource, call: Call = {}): Promise<OpenedPicture> {
    const { name, bytes, decoded } = await this.#read(source, call);
    return this.#opened(await this.#platform.digest(bytes), name, decoded);
  }

  async classify(subject: Subject, hidden?: Hidden, call: Call = {}): Promise<Classification> {
    const model = this.#modelOf(subject);
    const prepared = await this.#preparedOf(subject);
    call.signal?.throwIfAborted();
    const scores = hidden
      ? await this.#classifyHidden(subject, prepared, hidden)
      : await this.#classifyWhole(model, prepared);
    return classificationOf(scores, model, prepared);
  }

  async explain(
    subject: Subject,
    maps: readonly MapWish[],
    targets: readonly (number | string)[],
    call: Call = {},
  ): Promise<readonly ExplainedClass[]> {
    const [model, prepared] = [this.#modelOf(subject), await this.#preparedOf(subject)];
    const made = await explainPicture(model, prepared, maps, targets, this.#tools, call);
    return made.map(({ explained }) => explained);
  }

  async glance(
    handle: string,
    source: PictureSource,
    maps: readonly MapWish[],
    target: number,
    call: Call = {},
  ): Promise<Glance> {
    const model = this.#modelOf({ model: handle });
    const { name, decoded } = await this.#read(source, call);
    call.signal?.throwIfAborted();
    const input = await prepared(model, { name, picture: decoded.picture });
    const [made] = await explainPicture(model, input, maps, [target], this.#tools, call);
    const { explained, explanation } = made as Made;
    return {
      name,
      picture: source.kind === "pixels" ? undefined : decoded.picture,
      classification: classificationOf(explanation, model, input),
      explained,
    };
  }

  async curves(
    subject: Subject,
    map: MapWish,
    target: number,
    by: HideBy,
    call: Call<CurveStep> = {},
  ): Promise<Curves> {
    const model = this.#modelOf(subject);
    const picture = await this.#preparedOf(subject);
    const [explained] = await this.explain(subject, [map], [target], call.signal ? { signal: call.signal } : {});
    const made = explained?.maps[0];
    if (!explained || !made) throw new Error("a run without a map");
    if ("refused" in made) throw new LimnError("not-applicable", made.refused);
    const pictures = { image: picture.tensor, blank: await this.#blankOf(subject, picture, by) };
    const { curvesOf, hiderFor } = await import("./hide.js");
    const make = () => hiderFor(model, this.#runtime, "many");
    return this.#hiders.with(`${model.opened.handle} curves`, make, (hider) =>
      curvesOf(made.grid, explained.target, pictures, { hider, runtime: this.#runtime }, call),
    );
  }

  async sanity(
    subject: Subject,
    map: MapWish,
    target: number,
    call: Call<SanityStep> = {},
  ): Promise<readonly RandomizedMap[]> {
    const { sanityOf } = await import("./sanity.js");
    return sanityOf(this.#modelOf(subject), await this.#preparedOf(subject), map, target, this.#tools, call);
  }

  async network(model: string): Promise<Network> {
    const { graphOf } = await import("./books.js");
    return graphOf(this.#modelOf({ model }));
  }

  async ledger(subject: Subject, target: number, composite?: string): Promise<Ledger> {
    const { booksOf } = await import("./books.js");
    return booksOf(this.#modelOf(subject), await this.#preparedOf(subject), target, composite, this.#runtime);
  }

  async imagine(handle: string, target: number, call: Call<ImagineStep> = {}): Promise<OpenedPicture> {
    const model = this.#modelOf({ model: handle });
    const { imagined } = await import("./imagine.js");
    const picture = await imagined(model, target, this.#runtime, call);
    const name = `${nameOfExplained(target, model.labels.labels)}, imagined`;
    return this.#opened(await this.#platform.digest(picture.rgb), name, { picture, warnings: [] });
  }

  async save(model: string, maps: readonly MapWish[]): Promise<Uint8Array> {
    const { explanationFile } = await import("./save.js");
    return explanationFile(this.#modelOf({ model }), maps, this.#runtime);
  }

  evaluations(): Promise<readonly EvaluationSummary[]> {
    return this.#platform.evaluations();
  }

  evaluation(name: string, call: Call = {}): Promise<Evaluation> {
    return this.#platform.evaluation(name, call);
  }

  async release(handle: string): Promise<void> {
    this.#pictures.delete(handle);
    const model = this.#models.get(handle);
    if (!model) return;
    this.#models.delete(handle);
    await this.#explainers.drop(model);
    await this.#hiders.drop(handle);
    await model.preprocessor?.release();
  }

  #placed(source: ModelSource, call: Call): Promise<PlacedModel> {
    const platform = this.#platform;
    if (source.kind === "named") return platform.model(source.name, call);
    if (source.kind === "link") return platform.linkedModel(source.link, call);
    return placedModel(source.files, (bytes) => platform.digest(bytes));
  }

  async #found(source: PictureSource, call: Call): Promise<NamedFile | NamedPixels> {
    if (source.kind === "named") return this.#platform.picture(source.name);
    if (source.kind === "link") return this.#platform.linkedPicture(source.link, call);
    return source.kind === "file" ? source.file : { ...source, warnings: [] };
  }

  async #classifyWhole(model: OpenModel, { tensor }: PreparedPicture): Promise<Scores> {
    const { explanations } = await this.#explainers.run(model, [], tensor, [PREDICTED]);
    return explanations[0] as Scores;
  }

  async #classifyHidden(subject: Subject, prepared: PreparedPicture, { mask, by }: Hidden): Promise<Scores> {
    const model = this.#modelOf(subject);
    const { hiderFor, maskInView } = await import("./hide.js");
    const { picture } = this.#pictureOf(subject.picture);
    const placer = await this.#openPlacer();
    const blank = await this.#blankOf(subject, prepared, by);
    const make = () => hiderFor(model, this.#runtime, "one");
    return this.#hiders.with(model.opened.handle, make, async (hider) => {
      const masks = await maskInView(mask, picture, prepared, hider.size, placer);
      const [scores] = await hider.classify(prepared.tensor, blank, masks);
      return scores as Scores;
    });
  }

  /** What hides a picture, kept for the next stroke of the brush. */
  async #blankOf(subject: Subject, prepared: PreparedPicture, by: HideBy): Promise<TensorValue> {
    if (typeof by === "object") return (await this.#preparedOf({ ...subject, picture: by.picture })).tensor;
    const blanks = this.#blanks.get(prepared) ?? new Map<string, Promise<TensorValue>>();
    this.#blanks.set(prepared, blanks);
    const { blankFor } = await import("./hide.js");
    const blank = blanks.get(by) ?? blankFor(this.#modelOf(subject), prepared, by, this.#runtime);
    blanks.set(by, blank);
    return blank;
  }

  async #read(source: PictureSource, call: Call): Promise<ReadPicture> {
    const found = await this.#found(source, call);
    const { name } = found;
    if ("bytes" in found) return { name, bytes: found.bytes, decoded: await this.#platform.decode(found) };
    return { name, bytes: found.picture.rgb, decoded: found };
  }

  #opened(handle: string, name: string, decoded: DecodedPicture): OpenedPicture {
    const { picture, warnings } = decoded;
    this.#pictures.set(handle, { picture, name });
    return { handle, name, picture, warnings };
  }

  #openPlacer(): Promise<MapPlacer> {
    this.#placer ??= import("./placer.js").then(({ openPlacer }) => openPlacer(this.#runtime));
    return this.#placer;
  }

  #modelOf({ model: handle }: Pick<Subject, "model">): OpenModel {
    const model = this.#models.get(handle);
    if (model) return model;
    throw new LimnError("bad-option", "this model is not open any more; open it again");
  }

  #pictureOf(handle: string): OpenPicture {
    const picture = this.#pictures.get(handle);
    if (picture) return picture;
    throw new LimnError("bad-option", "this picture is not open any more; open it again");
  }

  #preparedOf(subject: Subject): Promise<PreparedPicture> {
    const model = this.#modelOf(subject);
    const picture = this.#pictureOf(subject.picture);
    const inputs = this.#prepared.get(picture) ?? new WeakMap<OpenModel, Promise<PreparedPicture>>();
    this.#prepared.set(picture, inputs);
    const known = inputs.get(model) ?? prepared(model, picture);
    inputs.set(model, known);
    known.catch(() => inputs.delete(model));
    return known;
  }
}

/** A picture that was read, with the bytes that it is known by. */
interface ReadPicture {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly decoded: DecodedPicture;
}

const classificationOf = (
  { logits, probabilities }: Scores,
  { classifier }: OpenModel,
  { view }: PreparedPicture,
): Classification => ({
  logits,
  probabilities,
  ranked: rankedClasses({ logits, probabilities }, classifier),
  view,
});

/** A picture that is open. */
interface OpenPicture {
  readonly name: string;
  readonly picture: Picture;
}

async function prepared(
  { preprocessor, classifier }: OpenModel,
  { picture, name }: OpenPicture,
): Promise<PreparedPicture> {
  if (!preprocessor) {
    throw new LimnError(
      "bad-input",
      `${name}: the model's input [${classifier.image.dims.join(", ")}] takes no picture; explain it with limn explain and a .npy tensor of this shape`,
    );
  }
  try {
    const { tensor, geometry } = await preprocessor.run(picture);
    return { tensor, view: geometry.view };
  } catch (error) {
    throw error instanceof LimnError ? new LimnError(error.code, `${name}: ${error.message}`, { cause: error }) : error;
  }
}
