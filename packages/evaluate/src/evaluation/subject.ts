import { type BatchSizes, batchFor, type InputRange, type LoadForBatch, type Runtime, rangeAfter } from "@limn/core";
import { type FindModelOptions, type OpenedClassifier, oneTarget, openClassifier } from "@limn/node";
import { plain } from "@limn/node/internal";
import type { DataSet } from "../data/data-set.js";
import { type LabelMatch, matchLabels } from "../data/match-labels.js";
import { openData } from "../data/open-data.js";
import type { EvaluationSettings, TargetRule } from "./settings.js";

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
  return { opened, data, match: matchLabels(data, { classes: classifier.classes, labels, wordnet, mapping }) };
}

/** The function that loads a model for a batch, and the batches that it is loaded for. */
export function sizesOf({ classifier, reload }: OpenedClassifier, batch: number): [LoadForBatch, BatchSizes] {
  const load = (pictures: number) => reload([pictures, ...classifier.image.dims.slice(1)]);
  return [load, { batch, step: Math.min(batch, batchFor(classifier)) }];
}

/** The lowest and highest value of the model's input, if its preprocessing is known. */
export const knownRange = ({ preprocessing }: OpenedClassifier): { range?: InputRange } =>
  preprocessing ? { range: rangeAfter(preprocessing) } : {};

/** Classes of the model that a picture's label stands for; none if it has no label, or one that the model lacks. */
export function labelsOf({ data, match }: Pick<Subject, "data" | "match">, index: number): readonly number[] {
  const label = data.items[index]?.label;
  return label === undefined ? [] : match.classesOf(label);
}

/**
 * The rule that a person's choice stands for.
 * @param choice `label` or `predicted` in any case, or a class by its index or name; for a class that has one of these two names,
 *   give its index
 * @throws LimnError `bad-option` with similar labels
 */
export function targetRule(
  choice: string,
  { classifier, labels }: Pick<OpenedClassifier, "classifier" | "labels">,
): TargetRule {
  const word = plain(choice);
  if (word === "label" || word === "predicted") return word;
  return oneTarget(choice, classifier.classes, labels);
}

/** The class whose score is explained; -1 for the one that the model predicts. */
export function wantedTarget(
  { target }: Pick<EvaluationSettings, "target">,
  subject: Pick<Subject, "data" | "match">,
  index: number,
): number {
  if (typeof target === "number") return target;
  const [label = -1] = target === "label" ? labelsOf(subject, index) : [];
  return label;
}
