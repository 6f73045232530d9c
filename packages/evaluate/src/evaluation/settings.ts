import type { Combination, CurveOptions, MapRequest, MaskingOptions } from "@limn/core";
import type { ClassifierChoice } from "@limn/node";
import type { DataChoice } from "../data/data-choice.js";

/**
 * The class that each picture is explained for: `label` for that of its label, or the predicted one if it has no label;
 * `predicted`; or one class of the model for all pictures, by its index.
 */
export type ClassRule = "label" | "predicted" | number;

/** The same, or a combination of classes for all pictures. */
export type TargetRule = ClassRule | Combination;

/** The combination that all pictures are explained for, if it is one. */
export const combinationOf = (target: TargetRule): Combination | undefined =>
  typeof target === "object" ? target : undefined;

/**
 * Everything that the results of an evaluation depend on, as plain data: worker threads and other machines get a copy.
 * Methods and rules of the user's own are not plain data, so only the calling thread can use them.
 */
export interface EvaluationSettings {
  /** By any name that `findModel` knows. */
  readonly model: string;
  /** Labels, preprocessing and the like. */
  readonly classifier: Omit<ClassifierChoice, "progress" | "tensorsOnly">;
  readonly data: DataChoice;
  /** Path of a file that says which classes of the model the data's classes are. */
  readonly mapping?: string;
  readonly maps: readonly MapRequest[];
  readonly target: TargetRule;
  /** How the parts of a picture that a map does not show are hidden. */
  readonly masking: Pick<MaskingOptions, "blank" | "keepTop" | "signed">;
  /** How parts of pictures are hidden in the order of maps; undefined to leave out all measures that do so. */
  readonly curves:
    | (Required<Pick<CurveOptions, "steps" | "deletionBlank" | "insertionBlank">> & Pick<CurveOptions, "groups">)
    | undefined;
  /** The seed of the random map that stands next to the others as `RANDOM`; undefined to leave it out. */
  readonly random?: number | undefined;
  /** Whether the correlation of neighboring gradients is measured at each depth. */
  readonly shattering: boolean;
  /** How maps are compared with those of random networks; undefined to leave that out. */
  readonly sanity: SanityChoice | undefined;
  /** Pictures that are explained together. */
  readonly batch: number;
}

/** The name of the map that is random: a baseline, and no method. */
export const RANDOM = "random";

/** How maps are compared with those of random networks. */
export interface SanityChoice {
  /** How many pictures, evenly spaced in the data. Each is explained by about eight networks. */
  readonly pictures: number;
  /** Seed of the random weights. */
  readonly seed: number;
}
