import type { Shape } from "../graph/tensor.js";
import { type Indicator, type Method, type Options, parseOptions } from "../methods/method.js";
import type { Pieces } from "./iteration.js";

/** One map that is asked for. */
export interface MapRequest {
  /** A method's name or that of one of its variants, or a method of your own, as `defineMethod` gives it. */
  readonly method: string | Method;
  /** The layer, for methods that take one; see `findLayer`. Default `last`. */
  readonly layer?: string;
  /** What the map is called. Default: the method's name and, if a layer is named, a slash and that name. */
  readonly output?: string;
  /** The method's options by name; missing ones have their defaults. `describeOptions` lists them. */
  readonly options?: Options;
}

/** What is known about a map of either kind. */
interface MapDescription {
  /** Its name among the graph's maps; for a map in one run also the name of the graph's output. */
  readonly output: string;
  /** The method's own name. */
  readonly method: string;
  /** The method itself. */
  readonly definition: Method;
  /** What the request called it: the name of the method or of one of its variants. */
  readonly name: string;
  /** All options, defaults included. */
  readonly options: Options;
  /** The layer that the map was made at: its tensor's name and, if it stands for one, its stage. */
  readonly layer: { readonly tensor: string; readonly stage: string | undefined } | undefined;
  /** [N, h, w] or [N, C, H, W] */
  readonly shape: Shape;
  /** Whether values below zero mean something: that they lower the score. */
  readonly signed: boolean;
  /** Numbers next to the map, and the outputs that give them; see `Indicator`. */
  readonly indicators: readonly (Omit<Indicator, "value"> & { readonly output: string })[];
}

/** A map that is an output of the compiled graph. */
export interface MapInOneRun extends MapDescription {
  readonly kind: "one-run";
  /** An output that is 0 if the method's preconditions hold, and what it measures. */
  readonly residual: { readonly output: string; readonly meaning: string } | undefined;
}

/** A map that takes many runs: the compiled graph gives the first state, and an `Explainer` runs the pieces. */
export interface MapInPieces extends MapDescription {
  readonly kind: "pieces";
  readonly pieces: Pieces;
}

/** A map that the compiled graph gives or, if it takes many runs, begins. */
export type CompiledMap = MapInOneRun | MapInPieces;

/** Set if a map says something of single pixels, and is drawn on a plain ground: what its method's definition says of that. */
export const pixelwiseOf = ({ layer, definition }: CompiledMap): Method["pixelwise"] =>
  layer === undefined ? definition.pixelwise : undefined;

/**
 * The options that make a map another one than its method gives by itself: those that differ from the defaults of the method, or of
 * the variant that was asked for; and what a default such as `usual` came to.
 */
export function chosenOptions({ definition, name, options }: CompiledMap): Options {
  const usual = parseOptions(definition, definition.variants?.[name] ?? {});
  return Object.fromEntries(Object.entries(options).filter(([key, value]) => value !== usual[key]));
}
