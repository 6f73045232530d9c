import type { z } from "zod";
import type { Classifier } from "../classifier.js";
import type { CompositeInit } from "../composites/composite.js";
import { LimnError, reasonOf } from "../error.js";
import type { Value } from "../graph/graph.js";
import { didYouMean } from "../suggest.js";

/** What is explained: the logits, and the weight that each of them has, [N, classes]. */
export interface Score {
  readonly logits: Value;
  /** 1 at the target class, 0 elsewhere. */
  readonly seed: Value;
  /** The class that each row of the seed is about, int64 [N]. */
  readonly target: Value;
}

/** What a method may ask for. Whatever it does not call is not computed. */
export interface MethodContext {
  /** [N, C, H, W], or [N, H, W, C] where the model's input is laid out so. */
  readonly image: Value;
  readonly channelAxis: number;
  readonly score: Score;
  /** The chosen layer's activation, [N, K, h, w]. */
  readonly layer: Value;
  /** For methods whose layer is optional: the chosen layer's activation, or the image. */
  readonly place: Value;
  /** d score / d value, in the value's shape. */
  gradient(score: Score, value: Value): Value;
  /** The same with ReLUs that also stop negative gradients (Springenberg et al. 2015). */
  guidedGradient(score: Score, value: Value): Value;
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

/** A method of visual explanation, as its file defines it. */
export interface MethodDefinition<Options extends z.ZodObject> {
  readonly name: string;
  /** One line for help texts and tables. */
  readonly summary: string;
  /** Paper and equation. */
  readonly source: string;
  /** Whether the map is made at a layer that the user may choose; where that is optional, at the image otherwise. */
  readonly usesLayer: boolean | "optional";
  readonly options: Options;
  /** Whether map values have a meaning on both sides of zero, given the options. */
  readonly signed: (options: z.output<Options>) => boolean;
  /** Other names under which the method is known, and the options they stand for. */
  readonly variants?: Readonly<Record<string, z.input<Options>>>;
  /**
   * Writes the map into the graph.
   * @throws LimnError `not-applicable` with the reason, the node and what fits instead
   */
  readonly map: (context: MethodContext, options: z.output<Options>) => MethodOutput | Value;
}

/** A method with the type of its options forgotten, as tables hold it: they have passed `parseOptions`. */
export interface Method extends Omit<MethodDefinition<z.ZodObject>, "signed" | "map" | "variants"> {
  readonly signed: (options: Options) => boolean;
  readonly map: (context: MethodContext, options: Options) => MethodOutput | Value;
  readonly variants?: Readonly<Record<string, Options>>;
}

export type Options = Readonly<Record<string, unknown>>;

/** Checks a definition against its own options, then forgets their type. */
export const defineMethod = <O extends z.ZodObject>(definition: MethodDefinition<O>): Method =>
  definition as unknown as Method;

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
  const [issue] = result.error.issues;
  const name = issue?.path.join(".") ?? "";
  throw new LimnError(
    "bad-option",
    `${method.name}.${name} = ${JSON.stringify(given[name])}: ${issue?.message ?? reasonOf(result.error)}`,
  );
}
