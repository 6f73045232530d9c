import type { CurveOptions, MapRequest, MaskingOptions } from "@limn/core";
import type { ClassifierChoice } from "@limn/node";
import type { DataChoice } from "../data/data-choice.js";

/**
 * Which class each picture is explained for: that of its label, or the predicted one where it has none; the predicted
 * one; or one class of the model for all, by its index.
 */
export type TargetRule = "label" | "predicted" | number;

/**
 * All that the results of an evaluation depend on, as plain data: worker threads and other machines get a copy. Methods
 * and rules of the user's own are no plain data; only the calling thread knows them.
 */
export interface EvaluationSettings {
  readonly model: string;
  readonly classifier: Omit<ClassifierChoice, "progress" | "tensorsOnly">;
  readonly data: DataChoice;
  /** Path of a file that names the model's classes for the data's. */
  readonly mapping?: string;
  readonly maps: readonly MapRequest[];
  readonly target: TargetRule;
  readonly masking: Pick<MaskingOptions, "blank" | "keepTop" | "signed">;
  /** Undefined where deletion and insertion are not wanted. */
  readonly curves: Required<Pick<CurveOptions, "steps" | "deletionBlank" | "insertionBlank">> | undefined;
  readonly shattering: boolean;
  /** Undefined where the sanity check is not wanted. */
  readonly sanity: SanityChoice | undefined;
  /** Pictures that are explained together. */
  readonly batch: number;
}

/** How maps are compared with those of random networks. */
export interface SanityChoice {
  /** How many pictures, evenly chosen from the data: each is explained by some eight networks. */
  readonly pictures: number;
  /** Seed of the random weights. */
  readonly seed: number;
}
