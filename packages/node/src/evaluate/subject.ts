import type { Runtime } from "@limn/core";
import type { DataSet } from "../data/data-set.js";
import { type LabelMatch, matchLabels } from "../data/match-labels.js";
import { openData } from "../data/open-data.js";
import type { FindModelOptions } from "../models/find-model.js";
import { type OpenedClassifier, openClassifier } from "../open-classifier.js";
import type { EvaluationSettings } from "./settings.js";

/** What an evaluation is about: a model, a data set, and which classes of the one are those of the other. */
export interface Subject {
  readonly opened: OpenedClassifier;
  readonly data: DataSet;
  readonly match: LabelMatch;
}

/**
 * @param download called as a model is downloaded
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
  const data = await openData(settings.data);
  return { opened, data, match: matchLabels(data, { classes: classifier.classes, labels, wordnet, mapping }) };
}
