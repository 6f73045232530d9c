import type {
  FileFacts,
  FittingMethod,
  Layer,
  Obstacle,
  OutputMeaning,
  Preprocessing,
  PreprocessingSource,
  PresetName,
} from "@limn/core";
import type { LabeledClass } from "../picture-explainer.js";

/** The model's file. */
export interface InspectedFile extends FileFacts {
  readonly path: string;
  readonly bytes: number;
  /** Files next to it that hold its weights; a size of null: the file is missing. */
  readonly weightFiles: readonly { readonly name: string; readonly bytes: number | null }[];
}

/** The image that the model takes. */
export interface InspectedInput {
  readonly name: string;
  readonly shape: readonly number[];
  /** In words: colors, size and layout, or that it takes no picture. */
  readonly summary: string;
}

/** The names of the classes. */
export interface InspectedLabels {
  /** The file, or the key of the model's metadata; null for a model without labels. */
  readonly from: string | null;
  readonly names: readonly string[];
}

/** How pictures become the model's input. */
export interface InspectedPreprocessing {
  readonly source: PreprocessingSource;
  /** The source in words. */
  readonly foundIn: string;
  /** The preset that does the same to pixels; null if none does. */
  readonly preset: PresetName | null;
  /** Null if the model takes no picture. */
  readonly values: Preprocessing | null;
}

/** A layer that maps can be made at. */
export interface InspectedLayer
  extends Pick<Layer, "tensor" | "node" | "operator" | "shape" | "depth" | "isDefault" | "signed"> {
  readonly stage: string | null;
}

export interface InspectedLayers {
  readonly count: number;
  /** Those that stand for a stage, and the default one. */
  readonly notable: readonly InspectedLayer[];
  /** What is to be known before maps at the default layer are looked at. */
  readonly caution: string | null;
}

/** What the model says of one picture under one preprocessing. */
export interface InspectedView {
  /** A preset's name; "own" for the model's preprocessing if it is none, "as it is" for tensors. */
  readonly preset: PresetName | "own" | "as it is";
  /** Whether it is the preprocessing that Limn uses. */
  readonly chosen: boolean;
  /** The most probable classes first; empty if the scores are not numbers. */
  readonly top: readonly LabeledClass[];
  /** Of the probabilities, in bits: 0 for certainty, log2 of the classes for none. Null where they are no distribution. */
  readonly entropy: number | null;
}

/** A picture under each preprocessing, or why it can't be used. */
export type InspectedPhoto =
  | { readonly path: string; readonly views: readonly InspectedView[]; readonly warnings: readonly string[] }
  | { readonly path: string; readonly error: string };

/** What each part of an inspection finds. */
export interface InspectedParts {
  readonly file: InspectedFile;
  readonly input: InspectedInput;
  readonly output: OutputMeaning;
  readonly labels: InspectedLabels;
  readonly preprocessing: InspectedPreprocessing;
  readonly layers: InspectedLayers;
  readonly methods: readonly FittingMethod[];
  readonly obstacles: readonly Obstacle[];
  readonly photos: readonly InspectedPhoto[];
}

/** What Limn sees in a model: each part, or null if it can't be said. */
export type Inspection = { readonly [K in keyof InspectedParts]: InspectedParts[K] | null } & {
  /** The file's name, the embedded name or the id on the hub. */
  readonly model: string;
  /** What is to be known before results are believed. */
  readonly warnings: readonly string[];
  /** Why parts are null, each reason once. */
  readonly refusals: readonly string[];
};
