import {
  type BatchSizes,
  batchFor,
  explainedOf,
  type InputRange,
  isRegression,
  LimnError,
  type LoadForBatch,
  ONE_TARGET,
  PREDICTED,
  plainLabel,
  type Runtime,
  rangeAfter,
} from "@limn/core";
import { type FindModelOptions, type OpenedClassifier, openClassifier } from "@limn/node";
import type { DataSet } from "../data/data-set.js";
import { EVERY_CLASS, type LabelMatch, matchLabels } from "../data/match-labels.js";
import { openData } from "../data/open-data.js";
import type { ClassRule, EvaluationSettings, TargetRule } from "./settings.js";

/** What is evaluated: a model, a data set, and which of the model's classes the data's classes are. */
export interface Subject {
  readonly opened: OpenedClassifier;
  readonly data: DataSet;
  readonly match: LabelMatch;
}

/**
 * Opens a model and a data set, and matches their classes.
 * @param download called while a model or data is downloaded
 * @throws LimnError for a model or data set that can't be used
 */
export async function openSubject(
  settings: Pick<EvaluationSettings, "model" | "classifier" | "data" | "mapping">,
  runtime: Runtime,
  download?: FindModelOptions["progress"],
): Promise<Subject> {
  const { model, classifier: choice, mapping } = settings;
  const opened = await openClassifier(model, runtime, { ...choice, ...(download ? { progress: download } : {}) });
  const { classifier, labels, wordnet } = opened;
  const data = await openData(settings.data, download);
  // every object is what a single value is about, unless a mapping says which are
  const match =
    isRegression(classifier) && mapping === undefined
      ? EVERY_CLASS
      : matchLabels(data, { classes: classifier.classes, labels, wordnet, mapping });
  return { opened, data, match };
}

/** The function that loads a model for a batch, and the batches that it is loaded for. */
export function sizesOf({ classifier, reload }: OpenedClassifier, batch: number): [LoadForBatch, BatchSizes] {
  const load = (pictures: number) => reload([pictures, ...classifier.image.dims.slice(1)]);
  return [load, { batch, step: Math.min(batch, batchFor(classifier)) }];
}

/** The lowest and highest value of the model's input, if its preprocessing is known. */
export const knownRange = ({ preprocessing }: OpenedClassifier): { range?: InputRange } =>
  preprocessing ? { range: rangeAfter(preprocessing) } : {};

/**
 * Classes of the model that a picture's label stands for; none if it has no label, or one that the model lacks, or if the
 * model has no classes but one value.
 */
export function labelsOf({ opened, data, match }: Subject, index: number): readonly number[] {
  const label = data.items[index]?.label;
  return label === undefined || isRegression(opened.classifier) ? [] : match.classesOf(label);
}

/**
 * The rule that a person's choice stands for.
 * @param choice `label` or `predicted` in any case, a class by its index or name, or a combination as `explainedOf` takes it; for a
 *   class that has one of these two names, give its index
 * @throws LimnError `bad-option` with similar labels, for several classes, and for combinations of the predicted class
 */
export function targetRule(
  choice: string,
  { classifier, labels }: Pick<OpenedClassifier, "classifier" | "labels">,
): TargetRule {
  const word = plainLabel(choice);
  if (word === "label" || word === "predicted") return word;
  const [rule = "predicted", ...others] = explainedOf(choice, classifier.classes, labels);
  if (others.length > 0) throw new LimnError("bad-option", `target "${choice}": ${ONE_TARGET}`);
  if (typeof rule === "object" && [rule.of, rule.kind === "difference" ? rule.other : 0].includes(PREDICTED)) {
    throw new LimnError(
      "bad-option",
      `target "${choice}": the predicted class differs from picture to picture, and a combination is the same for all of a data set; name the class`,
    );
  }
  return rule;
}

/**
 * The same if it can be no combination.
 * @throws LimnError as `targetRule` does, and for a combination
 */
export function classRule(choice: string, opened: Pick<OpenedClassifier, "classifier" | "labels">): ClassRule {
  const rule = targetRule(choice, opened);
  if (typeof rule !== "object") return rule;
  throw new LimnError(
    "bad-option",
    `target "${choice}": claims are about single classes; give "label", "predicted" or a class, or use limn evaluate, which measures combinations`,
  );
}

/** The class whose score is explained, -1 for the one that the model predicts; of a combination, the first. */
export function wantedTarget({ target }: Pick<EvaluationSettings, "target">, subject: Subject, index: number): number {
  if (typeof target === "number") return target;
  if (typeof target === "object") return target.of;
  const [label = -1] = target === "label" ? labelsOf(subject, index) : [];
  return label;
}
