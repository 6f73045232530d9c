import * as v from "valibot";
import type { GradientStep } from "../backward.js";
import type { Classifier } from "../classifier.js";
import type { CompositeInit } from "../composites/composite.js";
import { LimnError } from "../error.js";
import type { Graph, Value } from "../graph/graph.js";
import { mistakeOf } from "../mistake.js";
import type { OptionsSchema } from "../option.js";
import type { InputRange } from "../relevance/input-range.js";
import type { Bias, Stabilizer, Sums } from "../rules/settings.js";
import { didYouMean } from "../suggest.js";
import type { Transformer } from "../transformer.js";

/**
 * What is explained instead of a single class's logit. Classes are indices.
 *
 *   against       -y_c, what speaks against the class
 *   difference    y_a - y_b, what speaks for the one rather than the other
 *   rest          y_c + log p_c, what speaks for the class and against all others
 *   probability   p_c, what the class's probability depends on
 *
 * -1 stands for the class that the model predicts.
 */
export type Combination =
  | { readonly kind: "against"; readonly of: number }
  | { readonly kind: "difference"; readonly of: number; readonly other: number }
  | { readonly kind: "rest"; readonly of: number }
  | { readonly kind: "probability"; readonly of: number };

/** Whether what is explained is a probability; undefined stands for a class, which is measured by its own. */
export const isProbability = (combination: Combination | undefined): boolean =>
  combination === undefined || combination.kind === "probability";

/** What is explained of each image: a scalar that depends on the logits. */
export interface Score {
  /** [N, classes] */
  readonly logits: Value;
  /** Its derivative by each logit, [N, classes]: 1 at the target class and 0 elsewhere, unless it is a combination. */
  readonly seed: Value;
  /** The class that each row of the seed is about, int64 [N]. */
  readonly target: Value;
  /** Set if it is not the logit of a single class. */
  readonly combination?: Combination;
  /** The weight of each class in the combination, [N, classes]; default: the seed. */
  readonly weights?: Value;
}

/** What a method may ask for. What it does not ask for is not computed. */
export interface MethodContext {
  /** [N, C, H, W] or [N, H, W, C], as the model takes it. */
  readonly image: Value;
  /** The image's axis of channels: 1 or 3. */
  readonly channelAxis: number;
  readonly score: Score;
  /** The chosen layer's activation, [N, K, h, w]. */
  readonly layer: Value;
  /** The layer as the network has it, and how it is laid out: the same except for tokens. For gradients that `gradient` does not take. */
  readonly layerSource: { readonly value: Value; lay(x: Value): Value };
  /** For methods whose layer is optional: the chosen layer's activation or, if none is chosen, the image. */
  readonly attributed: Value;
  /**
   * The network's attentions, if it is a transformer.
   * @throws LimnError `not-applicable` for a network without attention, or with attention to windows or channels
   */
  readonly transformer: Transformer;
  /** d score / d value, in the value's shape, by the backward pass that the method's `backward` names. */
  gradient(score: Score, value: Value): Value;
  /** The relevance of a value, in its shape. @param seed the relevance of the logits, [N, classes] */
  relevance(seed: Value, value: Value, propagation: RelevanceChoice): Value;
  readonly classifier: Classifier;
}

/** What is the same for all methods of a graph, and for all layers. */
export type SharedContext = Omit<MethodContext, "layer" | "layerSource" | "attributed" | "transformer">;

/** Which rules distribute relevance, and how nodes divide where the composite does not say so. */
export interface RelevanceChoice {
  /** A composite's name, or one of your own. */
  readonly composite: string | CompositeInit;
  /** What becomes of the shares of biases; see `BIASES`. Default `spread`. */
  readonly bias?: Bias | undefined;
  /** What the stabilizer is; see `STABILIZERS`. Default `relative`. */
  readonly stabilizer?: Stabilizer | undefined;
  /** The stabilizer's size, above 0. Default 1e-6. */
  readonly epsilon?: number | undefined;
  /** Which summands share the relevance of a sum of signals; see `SUMS`. Default: as the composite says. */
  readonly sums?: Sums | undefined;
}

/** What a method gives. */
export interface MethodOutput {
  /** [N, h, w], or [N, C, H, W] if the method keeps channels. */
  readonly map: Value;
  /** The activation that the map is made at, if the method chose it itself. */
  readonly layer?: Value;
  /** A value per image, [N], that is 0 if the method's preconditions hold for it, and what it measures. */
  readonly residual?: { readonly value: Value; readonly meaning: string };
}

/** The groups of Limn's methods, in the order of `methods`. */
export type Family = "gradients" | "class activation maps" | "relevance" | "attention" | "hiding parts";

/** What tables of methods say about a method, next to its summary. */
export interface TableFacts {
  /** What a map costs, roughly, in forward runs of the model: `3`, `1 to 3`, `3 x 50`. */
  readonly runs: string;
  /** Whether another class gives another map. */
  readonly aboutClass: "yes" | "hardly" | "no";
  /** What a network must have. */
  readonly needs: string;
  /** The layer at which the map is made, if the method chooses it itself. */
  readonly at?: string;
}

/** What every method says about itself. */
interface Description<Options extends OptionsSchema> {
  /**
   * Lowercase words joined by hyphens; files, options and maps carry it. Not `image`, `target`, `logits`,
   * `probabilities` or `explained`, which graphs with maps have as tensors of their own.
   */
  readonly name: string;
  /** One line for help texts and tables. */
  readonly summary: string;
  /** Paper and equation. */
  readonly source: string;
  /** Sheets and tables keep families together. A family of your own comes after Limn's. */
  readonly family: Family | (string & {});
  /** What docs/methods.md says about it; all methods of Limn have it. */
  readonly table?: TableFacts;
  /**
   * Whether values may all be far from zero, as means of probabilities or of activations are: the color scale of such a
   * map begins at its smallest value. Default false.
   */
  readonly floating?: boolean;
  /**
   * Set if maps at the image say something of single pixels: they are drawn on a plain ground next to the picture, and
   * others over it. `smooth` is the standard deviation, as a share of the map's longer side, of the Gaussian by which they are
   * smoothed for show: a gradient is noise from pixel to pixel. The numbers stay as they are.
   */
  readonly pixelwise?: { readonly smooth: number };
  /**
   * Whether it is one of the few methods that are made if none are named, since each answers a question of its own;
   * `finer`: at the stage before the last one. Default false.
   */
  readonly byDefault?: boolean | "finer";
  /** Whether the map is made at a layer that the user chooses. `optional`: at the image if none is chosen. */
  readonly usesLayer: boolean | "optional";
  /** How `gradient` passes ReLUs; `none` for methods that take no gradient. Default `gradient`, the chain rule. */
  readonly backward?: GradientStep | "none";
  readonly options: Options;
  /** Whether values below zero mean something, with these options. */
  readonly signed: (options: v.InferOutput<Options>) => boolean;
  /** Other names of the method, and the options that they stand for. */
  readonly variants?: Readonly<Record<string, v.InferInput<Options>>>;
}

/** A method of visual explanation, as its file defines it. */
export interface MethodDefinition<Options extends OptionsSchema> extends Description<Options> {
  /**
   * Writes the map into the graph.
   * @throws LimnError `not-applicable` with the reason, the node and what fits instead
   */
  readonly map: (context: MethodContext, options: v.InferOutput<Options>) => MethodOutput | Value;
}

/** What a step of an iterated method passes on to the next, by name: of letters, digits, `_` and `-`. */
export type State<Key extends string = string> = Readonly<Record<Key, Value>>;

/** What an iterated method may ask for before the first step. */
export interface BeginContext extends MethodContext {
  /** How many pictures a step classifies. */
  readonly batch: number;
  /** The lowest and highest possible value of the image, if they are known. */
  readonly range: InputRange | undefined;
  /** Writes the classifier into the graph, once more for every picture. @param picture the image, or another one of its shape */
  classify(picture: Value): Omit<Classified, "gradient">;
}

/** What the classifier says about a step's pictures. */
export interface Classified {
  /** What is explained: the class's logits, or the combination's value. float32 [batch] */
  readonly score: Value;
  /**
   * The class's probabilities, after softmax or sigmoid: float32 [batch]. Of combinations: 1 - p_c against a class,
   * p_a - p_b for a difference; `rest` has none, and gives its score.
   */
  readonly probability: Value;
  /** The gradient of each score by its picture, in the pictures' shape. Not computed if it is not called. */
  gradient(): Value;
}

/** What a step of an iterated method may ask for. */
export interface StepContext {
  readonly graph: Graph;
  /** The image that is explained, [1, C, H, W] or [1, H, W, C]. */
  readonly image: Value;
  readonly channelAxis: number;
  /** How many pictures a step classifies. */
  readonly batch: number;
  /** The number of the step, from 0: int64 []. */
  readonly step: Value;
  /** Classifies pictures; call it once a step. @param pictures [batch, ...], otherwise of the image's shape */
  classify(pictures: Value): Classified;
}

/** What an iterated method may ask for after the last step. */
export type EndContext = Pick<StepContext, "graph" | "image" | "channelAxis">;

/** A number that an iterated method gives next to its map, and that says whether the map can be trusted. */
export interface Indicator {
  readonly name: string;
  /** float32 [1] */
  readonly value: Value;
  /** Above it, the map can't be trusted. */
  readonly largest: number;
  /** What to do in that case. */
  readonly advice: string;
}

/** What an iterated method makes of one image. */
export interface IteratedOutput {
  /** [1, h, w], or the image's shape if the method keeps channels. */
  readonly map: Value;
  readonly indicators?: readonly Indicator[];
}

/**
 * A method that runs the classifier many times, as its file defines it: `begin` makes the first state, `step` runs again
 * and again on the state that it gave before, and `end` makes the map. What no step gives keeps its value from `begin`.
 */
export interface IteratedMethodDefinition<Options extends OptionsSchema, Key extends string>
  extends Description<Options> {
  /** How many steps it takes. */
  readonly steps: (context: BeginContext, options: v.InferOutput<Options>) => number;
  /** Makes the first state. @throws LimnError `not-applicable` with the reason and what fits instead */
  readonly begin: (context: BeginContext, options: v.InferOutput<Options>) => State<Key>;
  /** Makes new values for the parts of the state that change, each in its type and shape. */
  readonly step: (
    context: StepContext,
    state: State<NoInfer<Key>>,
    options: v.InferOutput<Options>,
  ) => Partial<State<NoInfer<Key>>>;
  /** Makes the map of the last state. */
  readonly end: (
    context: EndContext,
    state: State<NoInfer<Key>>,
    options: v.InferOutput<Options>,
  ) => IteratedOutput | Value;
}

/** `Description` without the type of the options, so that tables can hold all methods; `parseOptions` has checked them. */
interface AnyDescription extends Omit<Description<OptionsSchema>, "signed" | "variants"> {
  readonly signed: (options: Options) => boolean;
  readonly variants?: Readonly<Record<string, Options>>;
  /** In JSON, a method is its name. */
  readonly toJSON: () => string;
}

/** A method whose map is made in one run. */
export interface SingleRunMethod extends AnyDescription {
  readonly map: (context: MethodContext, options: Options) => MethodOutput | Value;
}

/** A method that runs the classifier many times. */
export interface IteratedMethod extends AnyDescription {
  readonly steps: (context: BeginContext, options: Options) => number;
  readonly begin: (context: BeginContext, options: Options) => State;
  readonly step: (context: StepContext, state: State, options: Options) => Partial<State>;
  readonly end: (context: EndContext, state: State, options: Options) => IteratedOutput | Value;
}

/** A method of visual explanation, as `defineMethod` or `defineIteratedMethod` gives it. */
export type Method = SingleRunMethod | IteratedMethod;

/** Whether a method needs many runs of the classifier, which takes seconds to minutes. */
export const isIterated = (method: Method): method is IteratedMethod => "step" in method;

/** Options of a method by name. */
export type Options = Readonly<Record<string, unknown>>;

/**
 * Checks the options that a user gave, and fills in the method's defaults.
 * @throws LimnError `bad-option` with the option, its value and what it may be
 */
export function parseOptions(method: Method, given: Options): Options {
  const known = Object.keys(method.options.entries);
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    const hint = known.length === 0 ? "it has none" : didYouMean(name, known);
    throw new LimnError("bad-option", `${method.name} has no option "${name}"; ${hint}`);
  }
  const result = v.safeParse(method.options, given);
  if (result.success) return result.output;
  const { path, message } = mistakeOf(result.issues);
  const value = path.reduce((part: unknown, key) => (part as Record<PropertyKey, unknown> | undefined)?.[key], given);
  throw new LimnError("bad-option", `${[method.name, ...path].join(".")} = ${JSON.stringify(value)}: ${message}`);
}
