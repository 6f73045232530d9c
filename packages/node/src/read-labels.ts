import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import {
  type Classifier,
  classesIn,
  type FoundLabels,
  guessLabelSet,
  isLabelSet,
  type LabelSet,
  type LabelSetEvidence,
  labelsGuessed,
  labelsIn,
  labelsInModel,
  NO_LABELS,
  type TextFile,
} from "@limn/core";
import { readText } from "./read-input.js";

/**
 * Reads class names from one of `LABEL_SETS`, by its name, or from a file: text with one name per line, a table (CSV) of
 * indices from 0 and names, or JSON: a list of names, a list of `{ index, name }`, an object `{ "0": name }` or `{ name: 0 }`, or
 * Hugging Face's config.json with `id2label` or `label2id`. WordNet ids before the names are left out.
 * @returns the name of every class, by its index
 * @throws LimnError `bad-input` that names the file and the entry
 */
export const readLabels = (path: string): string[] => classesIn(labelsFile(path)).map(({ name }) => name);

/**
 * Reads the WordNet ids, such as n02123045, that stand before the names in a file of class names.
 * @returns the id of every class, by its index; undefined for a class that has none
 * @throws LimnError as `readLabels` does
 */
export const readWordnetIds = (path: string): (string | undefined)[] =>
  classesIn(labelsFile(path)).map(({ wordnet }) => wordnet);

/** The text of a labels file, or of one of `LABEL_SETS`. */
const labelsFile = (path: string): TextFile => ({
  name: path,
  text: () => (isLabelSet(path) ? labelSetText(path) : readText(path, "a labels file")),
});

/** The class names of a data set, as JSON of the form that labels files have. They are made by fixtures/extract_labels.py. */
export const labelSetText = (name: LabelSet): string =>
  gunzipSync(readFileSync(new URL(`../labels/${name}.json.gz`, import.meta.url))).toString();

/**
 * Reads a classifier's labels: from a file, else from the metadata of the model's own or from its graph, else those of the data
 * set that it looks trained on (see `guessLabelSet`). The 1000 names of ImageNet follow "background" in a model of 1001 classes.
 * Warns if there are more or fewer labels than the model has classes.
 * @param choice what the caller names, a file or one of `LABEL_SETS`, else the file that came with the model; undefined for
 *   neither
 * @throws LimnError as `readLabels` does
 */
export function labelsFor(
  classifier: Pick<Classifier, "classes" | "named"> & Partial<LabelSetEvidence>,
  choice: string | undefined,
): FoundLabels {
  const { classes, model, named } = classifier;
  if (choice !== undefined) return labelsIn(labelsFile(choice), classes);
  const inside = model && labelsInModel({ classes, model, ...(named && { named }) });
  if (inside) return inside;
  const guess = isEvidence(classifier) ? guessLabelSet(classifier) : undefined;
  return guess ? labelsGuessed(guess, labelSetText(guess.set), classes) : NO_LABELS;
}

const isEvidence = (classifier: Partial<LabelSetEvidence>): classifier is LabelSetEvidence =>
  classifier.image !== undefined;
