import type {
  Combination,
  FittingMethod,
  Grid,
  Ledger,
  Network,
  Obstacle,
  OutputMeaning,
  Picture,
  Preprocessing,
  PresetName,
  Rectangle,
} from "@limn/core";

/**
 * What the studio's page asks for. There is one implementation, the `Workbench`; it runs in a Worker on onnxruntime-web, or
 * next to `limn studio` on onnxruntime-node, and the page speaks to either through this interface.
 *
 * Models and pictures are opened once and then named by their handles, the SHA-256 of what was opened. Every error is
 * a LimnError with the words that the command line has for it.
 */
export interface Engine {
  about(): Promise<About>;
  /** The models that a link leads to: all .onnx files of a model on the Hugging Face hub, to choose from. */
  modelsAt(link: string, call?: Call): Promise<readonly ModelLink[]>;
  /** Opens a model, and says what `limn inspect` says of it. Opening it again with another choice replaces the first. */
  openModel(source: ModelSource, choice?: ModelChoice, call?: Call): Promise<OpenedModel>;
  openPicture(source: PictureSource, call?: Call): Promise<OpenedPicture>;
  /** What the model says of the picture; with `hidden`, of the picture where that is hidden. */
  classify(subject: Subject, hidden?: Hidden, call?: Call): Promise<Classification>;
  /**
   * Makes maps, for each of the targets all of them. Maps of one run are made together.
   * @param targets class indices, or what `explainedOf` reads: labels, `-label`, `a - b`, `rest label`, `predicted`
   */
  explain(
    subject: Subject,
    maps: readonly MapWish[],
    targets: readonly (number | string)[],
    call?: Call,
  ): Promise<readonly ExplainedClass[]>;
  /**
   * What the model says of a picture that is not kept, such as those of a camera or of a contact sheet, and maps of it: all in
   * one run.
   * @param target a class index, -1 for the predicted one
   */
  glance(model: string, source: PictureSource, maps: readonly MapWish[], target: number, call?: Call): Promise<Glance>;
  /** How the score of a class falls and rises as the picture disappears and appears in the order of a map, and of a random one. */
  curves(subject: Subject, map: MapWish, target: number, by: HideBy, call?: Call<CurveStep>): Promise<Curves>;
  /** The same map of the network with random weights, from the last layers downwards. */
  sanity(subject: Subject, map: MapWish, target: number, call?: Call<SanityStep>): Promise<readonly RandomizedMap[]>;
  /** The network as a graph of its nodes, by stages: see core's `networkOf`. */
  network(model: string, call?: Call): Promise<Network>;
  /** Where relevance goes, node by node: those of `network`. */
  ledger(subject: Subject, target: number, composite?: string, call?: Call): Promise<Ledger>;
  /** A picture of what the class looks like to the model; it is shown as it grows. */
  imagine(model: string, target: number, call?: Call<ImagineStep>): Promise<OpenedPicture>;
  /** The explanation as an .onnx file that any ONNX Runtime runs. */
  save(model: string, maps: readonly MapWish[], call?: Call): Promise<Uint8Array>;
  /** The evaluations that `limn studio --data` knows; of the page's own engine, none. */
  evaluations(): Promise<readonly EvaluationSummary[]>;
  evaluation(name: string, call?: Call): Promise<Evaluation>;
  /** Frees a model or a picture. What is not open is none of an error. */
  release(handle: string): Promise<void>;
}

/** How a call is followed and ended. */
export interface Call<Step = Progress> {
  /** If it is aborted, the call rejects with its reason, and what has not begun is not begun. */
  readonly signal?: AbortSignal;
  readonly onStep?: (step: Step) => void;
}

export interface Progress {
  /** In words, such as "loading the model". */
  readonly doing: string;
  readonly done: number;
  readonly total: number;
}

export interface ImagineStep extends Progress {
  readonly picture: Picture;
  /** Of the class for this picture, 0 to 1. */
  readonly probability: number;
}

export interface CurveStep extends Progress {
  /** The curves so far; those that are not finished are shorter than `shares`. */
  readonly curves: Curves;
}

export interface SanityStep extends Progress {
  /** The level that is finished. */
  readonly level: RandomizedMap;
}

export interface About {
  readonly version: string;
  readonly kind: "browser" | "native";
  /** What runs the graphs, in words: "wasm, 2 threads". */
  readonly runtime: string;
  /** Names that `openModel` takes, with what they are: embedded networks, and what the command line named. */
  readonly models: readonly Named[];
  /** Names that `openPicture` takes. */
  readonly pictures: readonly Named[];
}

export interface Named {
  readonly name: string;
  readonly summary: string;
}

export interface NamedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A model that can be downloaded. */
export interface ModelLink {
  /** What people call it: its path on the hub, or its file's name. */
  readonly name: string;
  /** What `openModel` takes. */
  readonly link: string;
}

export type ModelSource =
  | { readonly kind: "named"; readonly name: string }
  /** An https:// address, next to which are its external data; an id `owner/name` of the Hugging Face hub, or the address of a page there. */
  | { readonly kind: "link"; readonly link: string }
  /** The .onnx file, its external data, and what lies next to it: labels, config.json, preprocessor_config.json. */
  | { readonly kind: "files"; readonly files: readonly NamedFile[] };

export type PictureSource =
  | { readonly kind: "named"; readonly name: string }
  /** An https:// address. */
  | { readonly kind: "link"; readonly link: string }
  | { readonly kind: "file"; readonly file: NamedFile }
  /** Pixels that are there already, such as those of a camera. */
  | { readonly kind: "pixels"; readonly name: string; readonly picture: Picture };

/** What the person says of a model; what is left out is found. */
export interface ModelChoice {
  /** The names of all classes, the text of a labels file, or one of `LABEL_SETS`. */
  readonly labels?: readonly string[] | string;
  readonly preprocessing?: PresetName | Preprocessing;
  readonly output?: string;
  readonly scoreFunction?: "softmax" | "sigmoid" | "none";
  /** Files that count as lying next to the model: labels, config.json, preprocessor_config.json. */
  readonly companions?: readonly NamedFile[];
}

export interface OpenedModel {
  readonly handle: string;
  readonly name: string;
  readonly bytes: number;
  readonly classes: number;
  readonly labels: readonly string[] | undefined;
  readonly labelsFrom: string | undefined;
  readonly preprocessing: Preprocessing | undefined;
  readonly preprocessingFrom: string;
  /** The presets that fit the input. */
  readonly presets: readonly PresetName[];
  readonly output: OutputMeaning;
  readonly independent: boolean;
  /** [N, C, H, W] or [N, H, W, C] */
  readonly inputShape: readonly number[];
  /** The layers that stand for stages and the default one, from the image to the logits. */
  readonly layers: readonly StudioLayer[];
  readonly methods: readonly StudioMethod[];
  /** The methods that answer different questions, with which the page begins. */
  readonly usual: readonly string[];
  readonly hasAttention: boolean;
  /** The tokens of a transformer, of which `before` come before those of the grid; undefined for other networks. */
  readonly tokens: { readonly before: number; readonly width: number; readonly height: number } | undefined;
  readonly obstacles: readonly Obstacle[];
  readonly warnings: readonly string[];
}

/** A method, whether it fits, and what is to be known of it to offer it. */
export interface StudioMethod extends FittingMethod {
  /** One line, as the method itself says it. */
  readonly summary: string;
  readonly family: string;
  readonly usesLayer: boolean | "optional";
  /** Whether another class gives another map. */
  readonly aboutClass: "yes" | "hardly" | "no";
  /** Options with which it keeps what speaks against the class; undefined if it can't, or does so anyway. */
  readonly bothSigns: MapWish["options"] | undefined;
}

export interface StudioLayer {
  readonly tensor: string;
  readonly node: string;
  readonly operator: string;
  /** [N, K, height, width] */
  readonly shape: readonly number[];
  /** 0 to 1 */
  readonly depth: number;
  readonly stage: string | undefined;
  readonly isDefault: boolean;
  readonly isTokens: boolean;
}

export interface OpenedPicture {
  readonly handle: string;
  readonly name: string;
  readonly picture: Picture;
  readonly warnings: readonly string[];
}

/** A model and a picture, by their handles. */
export interface Subject {
  readonly model: string;
  readonly picture: string;
}

/** What takes the place of pixels that are hidden. */
export type HideBy = "blur" | "mean" | "gray" | { readonly picture: string };

export interface Hidden {
  /** 0 for seen to 1 for hidden; it covers the picture, and may be coarser than it. */
  readonly mask: Grid;
  readonly by: HideBy;
}

export interface Classification {
  /** One per class. */
  readonly logits: Float32Array;
  /** One per class, 0 to 1; the values themselves if the model has no probabilities. */
  readonly probabilities: Float32Array;
  /** Class indices, the highest score first. */
  readonly ranked: readonly number[];
  /** The part of the picture that the model sees, in its pixels. */
  readonly view: Rectangle;
}

/** A picture that was looked at once. */
export interface Glance {
  readonly name: string;
  /** Undefined if the pixels were given: whoever asks has them. */
  readonly picture: Picture | undefined;
  readonly classification: Classification;
  readonly explained: ExplainedClass;
}

export interface MapWish {
  readonly method: string;
  /** As `findLayer` takes it. Default: the model's default layer. */
  readonly layer?: string;
  readonly options?: Readonly<Record<string, string | number | boolean>>;
}

export interface ExplainedClass {
  readonly target: number;
  readonly combination?: Combination;
  /** In words: the label or the index. */
  readonly name: string;
  readonly probability: number;
  /** In the order of the wishes. */
  readonly maps: readonly (StudioMap | RefusedMap)[];
}

export interface StudioMap {
  readonly wish: MapWish;
  /** As the method gives it: not normalized, not clipped. */
  readonly grid: Grid;
  /** As it is drawn: smoothed, if its method's definition says so; otherwise `grid` itself. */
  readonly shown: Grid;
  readonly signed: boolean;
  /** Whether it says something of single pixels, and is drawn on a plain ground rather than over the picture. */
  readonly pixelwise: boolean;
  /** Whether its values may all be far from zero; see the method's definition. */
  readonly floating: boolean;
  /** The tensor that it was made at. */
  readonly layer: string | undefined;
  /** What the grid lies on, in the picture's pixels. */
  readonly view: Rectangle;
  /** Why it is blank; undefined if it is not. */
  readonly blank: string | undefined;
  readonly warnings: readonly string[];
}

export interface RefusedMap {
  readonly wish: MapWish;
  readonly refused: string;
}

export interface Curves {
  /** The share of the picture that is hidden (deletion) or shown (insertion), 0 to 1, in rising order. */
  readonly shares: readonly number[];
  /** Probabilities of the class at these shares; its values if the model has no probabilities. */
  readonly deletion: readonly number[];
  readonly insertion: readonly number[];
  readonly randomDeletion: readonly number[];
  readonly randomInsertion: readonly number[];
}

export interface RandomizedMap {
  /** In words: which layers have random weights. */
  readonly level: string;
  /** The first of these layers, from the image on. */
  readonly from: string;
  readonly map: StudioMap;
  /** Spearman's rank correlation of absolute values with the map of the trained network, -1 to 1; NaN if that is the same everywhere. */
  readonly correlation: number;
}

export interface EvaluationSummary {
  readonly name: string;
  readonly model: string;
  readonly pictures: number;
}

export interface Evaluation extends EvaluationSummary {
  readonly labels: readonly string[];
  readonly methods: readonly string[];
  /** Every picture that was classified. */
  readonly items: readonly EvaluatedPicture[];
}

export interface EvaluatedPicture {
  /** What `openPicture` takes as the name. */
  readonly name: string;
  /** The class of its label, of several the predicted one or else the first; undefined if it has none that the model knows. */
  readonly truth: number | undefined;
  readonly predicted: number;
  /** Of the predicted class, 0 to 1. */
  readonly confidence: number;
  /** Of the true class, 0 to 1; undefined if it was not measured. */
  readonly truthProbability: number | undefined;
}
