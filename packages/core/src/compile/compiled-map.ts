import type { Shape } from "../graph/tensor.js";
import type { Indicator, Method, Options } from "../methods/method.js";
import type { Pieces } from "./iteration.js";

/** One map that is asked for. */
export interface MapRequest {
  /** A method's name or that of one of its variants, or a method of your own, as `defineMethod` gives it. */
  readonly method: string | Method;
  /** For methods made at a layer: see `findLayer`. Default `last`. */
  readonly layer?: string;
  readonly options?: Options;
}

/** What is known of a map, however it is made. */
interface MapDescription {
  /** Its name among the graph's maps; of a map in one run, the graph's output. */
  readonly output: string;
  readonly method: string;
  /** The method itself. */
  readonly definition: Method;
  /** What the user called it: the method or one of its variants. */
  readonly name: string;
  readonly options: Options;
  /** The layer that the map was made at: its tensor's name and, where it stands for one, its stage. */
  readonly layer: { readonly tensor: string; readonly stage: string | undefined } | undefined;
  /** [N, h, w] or [N, C, H, W] */
  readonly shape: Shape;
  readonly signed: boolean;
  /** Numbers next to the map, outputs of what gives the map; see `Indicator`. */
  readonly indicators: readonly (Omit<Indicator, "value"> & { readonly output: string })[];
}

/** A map that is an output of the compiled graph. */
export interface MapInOneRun extends MapDescription {
  readonly kind: "one-run";
  /** An output that is 0 where the method's preconditions hold. */
  readonly residual: { readonly output: string; readonly meaning: string } | undefined;
}

/** A map that takes many runs: the compiled graph gives what they begin with, and an `Explainer` runs the pieces. */
export interface MapInPieces extends MapDescription {
  readonly kind: "pieces";
  readonly pieces: Pieces;
}

/** One map that the compiled graph gives, or begins. */
export type CompiledMap = MapInOneRun | MapInPieces;
