import type { z } from "zod";
import type { GradientStep } from "../backward.js";
import type { Classifier } from "../classifier.js";
import type { CompositeInit } from "../composites/composite.js";
import { mistakeOf } from "../definition.js";
import { LimnError } from "../error.js";
import type { Graph, Value } from "../graph/graph.js";
import type { InputRange } from "../relevance/input-range.js";
import { didYouMean } from "../suggest.js";

/**
 * What is explained instead of a single class's logit. Classes are indices.
 *
 *   against      -y_c, what speaks against the class
 *   difference   y_a - y_b, what speaks for the one rather than the other
 *   rest         y_c + log p_c, what speaks for the class and against all others
 */
export type Combination =
  | { readonly kind: "against"; readonly of: number }
  | { readonly kind: "difference"; readonly of: number; readonly other: number }
  | { readonly kind: "rest"; readonly of: number };

/** What is explained: the logits, and the weight that each of them has, [N, classes]. */
export interface Score {
  readonly logits: Value;
  /** 1 at the target class, 0 elsewhere; for a combination, the weight of each logit in it. */
  readonly seed: Value;
  /** The class that each row of the seed is about, int64 [N]. */
  readonly target: Value;
  /** Set where it is not the logit of a single class. */
  readonly combination?: Combination;
}

/** What a method may ask for. Whatever it does not call is not computed. */
export interface MethodContext {
  /** [N, C, H, W], or [N, H, W, C] where the model's input is laid out so. */
  readonly image: Value;
  readonly channelAxis: number;
  readonly score: Score;
  /** The chosen layer's activation, [N, K, h, w]. */
  readonly layer: Value;
  /** What the map attributes the score to, for methods whose layer is optional: the chosen layer's activation, or the image. */
  readonly attributed: Value;
  /** d score / d value, in the value's shape, by the backward pass that the method names. */
  gradient(score: Score, value: Value): Value;
  /** The relevance of a value, in its shape. @param seed the relevance of the logits, [N, classes] */
  relevance(seed: Value, value: Value, propagation: RelevanceChoice): Value;
  readonly classifier: Classifier;
}

/** Which rules carry relevance, and how. */
export interface RelevanceChoice {
  /** A composite's name, or one of the user's own. */
  readonly composite: string | CompositeInit;
  /** Stabilizer of divisions, above 0. */
  readonly epsilon: number;
}

/** What a method makes. */
export interface MethodOutput {
  /** [N, h, w], or [N, C, H, W] where channels are kept. */
  readonly map: Value;
  /** The activation that the map was made of, where the method chose it itself. */
  readonly layer?: Value;
  /** A value per image, [N], that is 0 where the method's preconditions hold on this input. */
  readonly residual?: { readonly value: Value; readonly meaning: string };
}

/** What a method asks the network, as people group methods; in the order of `methods`. */
export type Family = "gradients" | "class activation maps" | "relevance" | "hiding parts";

/** What tables of methods say about one, beside its summary. */
export interface TableFacts {
  /** What a map costs, about, in forward runs of the model: `3`, `1 to 3`, `3 x 50`. */
  readonly runs: string;
  /** Whether another class gives another map. */
  readonly aboutClass: "yes" | "hardly" | "no";
  /** What a network must have. */
  readonly needs: string;
  /** Where the map is made, if the method chooses that itself. */
  readonly at?: string;
}

/** What every method says of itself. */
interface Description<Options extends z.ZodObject> {
  /** Lowercase words joined by hyphens: files, options and map names are called by it. */
  readonly name: string;
  /** One line for help texts and tables. */
  readonly summary: string;
  /** Paper and equation. */
  readonly source: string;
  /** Sheets and tables keep families together. One of your own comes after Limn's. */
  readonly family: Family | (string & {});
  /** What docs/methods.md says about it: all methods of Limn have it. */
  readonly table?: TableFacts;
  /**
   * Whether values are nowhere near zero, as means of probabilities or of activations are: pictures of such a map
   * begin at its smallest value. Default false.
   */
  readonly floating?: boolean;
  /** Whether the map is made at a layer that the user may choose; where that is optional, at the image otherwise. */
  readonly usesLayer: boolean | "optional";
  /** How `gradient` passes ReLUs; `none` for methods that take no gradient. Default `gradient`, the chain rule. */
  readonly backward?: GradientStep | "none";
  readonly options: Options;
  /** Whether map values have a meaning on both sides of zero, given the options. */
  readonly signed: (options: z.output<Options>) => boolean;
  /** Other names under which the method is known, and the options they stand for. */
  readonly variants?: Readonly<Record<string, z.input<Options>>>;
}

/** A method of visual explanation, as its file defines it. */
export interface MethodDefinition<Options extends z.ZodObject> extends Description<Options> {
  /**
   * Writes the map into the graph.
   * @throws LimnError `not-applicable` with the reason, the node and what fits instead
   */
  readonly map: (context: MethodContext, options: z.output<Options>) => MethodOutput | Value;
}

/** What a step of an iterated method hands on to the next, by name. */
export type State<Key extends string = string> = Readonly<Record<Key, Value>>;

/** What an iterated method may ask for before the first step. */
export interface BeginContext extends MethodContext {
  /** Pictures that a step classifies. */
  readonly batch: number;
  /** The lowest and highest possible value of the image, where they are known. */
  readonly range: InputRange | undefined;
  /** @param picture the image, or another one of its shape */
  classify(picture: Value): Omit<Classified, "gradient">;
}

/** What the classifier says of a step's pictures. */
export interface Classified {
  /** The explained class's logits: float32 [batch]. */
  readonly score: Value;
  /** The same after softmax or sigmoid. */
  readonly probability: Value;
  /** Of each score by its picture, in the pictures' shape. Not computed where it is not called. */
  gradient(): Value;
}

/** What a step of an iterated method may ask for. */
export interface StepContext {
  readonly graph: Graph;
  /** The image that is explained, [1, C, H, W] or [1, H, W, C]. */
  readonly image: Value;
  readonly channelAxis: number;
  readonly batch: number;
  /** The number of the step, from 0: int64 []. */
  readonly step: Value;
  /** @param pictures [batch, ...], otherwise of the image's shape; once a step */
  classify(pictures: Value): Classified;
}

/** What there is after the last step. */
export type EndContext = Pick<StepContext, "graph" | "image" | "channelAxis">;

/** A number that an iterated method gives next to its map, which says whether the map is to be trusted. */
export interface Indicator {
  readonly name: string;
  /** float32 [1] */
  readonly value: Value;
  /** Beyond it, the map is not to be trusted. */
  readonly largest: number;
  /** What to do then. */
  readonly advice: string;
}

/** What an iterated method makes of one image. */
export interface IteratedOutput {
  /** [1, h, w], or of the image's shape where channels are kept. */
  readonly map: Value;
  readonly indicators?: readonly Indicator[];
}

/**
 * A method that runs the classifier many times: three pieces of graph, of which the second is run again and again on
 * what it gave before. What begins in `begin` and no step gives anew stays as it is.
 */
export interface IteratedMethodDefinition<Options extends z.ZodObject, Key extends string>
  extends Description<Options> {
  /** How many steps it takes. */
  readonly steps: (context: BeginContext, options: z.output<Options>) => number;
  /** @throws LimnError `not-applicable` with the reason and what fits instead */
  readonly begin: (context: BeginContext, options: z.output<Options>) => State<Key>;
  readonly step: (
    context: StepContext,
    state: State<NoInfer<Key>>,
    options: z.output<Options>,
  ) => Partial<State<NoInfer<Key>>>;
  readonly end: (context: EndContext, state: State<NoInfer<Key>>, options: z.output<Options>) => IteratedOutput | Value;
}

/** What a method says of itself, with the type of its options forgotten, as tables hold it: they have passed `parseOptions`. */
interface AnyDescription extends Omit<Description<z.ZodObject>, "signed" | "variants"> {
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

export type Method = SingleRunMethod | IteratedMethod;

/** Whether a method needs many runs of the classifier, which takes seconds to minutes. */
export const isIterated = (method: Method): method is IteratedMethod => "step" in method;

export type Options = Readonly<Record<string, unknown>>;

/**
 * Checks options that a user gave against a method's own.
 * @throws LimnError `bad-option` naming the option and its allowed values
 */
export function parseOptions(method: Method, given: Options): Options {
  const known = Object.keys(method.options.shape);
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    const hint = known.length === 0 ? "it has none" : didYouMean(name, known);
    throw new LimnError("bad-option", `${method.name} has no option "${name}"; ${hint}`);
  }
  const result = method.options.safeParse(given);
  if (result.success) return result.data;
  const { path, message } = mistakeOf(result.error);
  const value = path.reduce((part: unknown, key) => (part as Record<PropertyKey, unknown> | undefined)?.[key], given);
  throw new LimnError("bad-option", `${[method.name, ...path].join(".")} = ${JSON.stringify(value)}: ${message}`);
}
