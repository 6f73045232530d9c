import { type Classifier, type Combination, didYouMean, LimnError, reasonOf } from "@limn/core";
import * as v from "valibot";
import { guessLabelSet, isLabelSet, type LabelSetEvidence, labelSetText } from "./label-sets.js";
import { readText } from "./read-input.js";

/**
 * Reads class names from one of `LABEL_SETS`, by its name, or from a file: text with one name per line, a table (CSV) of indices
 * from 0 and names, or JSON: a list of
 * names, a list of `{ index, name }`, an object `{ "0": name }` or `{ name: 0 }`, or Hugging Face's config.json with `id2label`
 * or `label2id`. WordNet ids before the names are left out.
 * @returns the name of every class, by its index
 * @throws LimnError `bad-input` that names the file and the entry
 */
export const readLabels = (path: string): string[] => readClasses(path).map(({ name }) => name);

/**
 * Reads the WordNet ids, such as n02123045, that stand before the names in a file of class names.
 * @returns the id of every class, by its index; undefined for a class that has none
 * @throws LimnError as `readLabels` does
 */
export const readWordnetIds = (path: string): (string | undefined)[] => readClasses(path).map(({ wordnet }) => wordnet);

interface NamedClass {
  readonly name: string;
  readonly wordnet?: string | undefined;
}

function readClasses(path: string): NamedClass[] {
  if (isLabelSet(path)) return fromJson(labelSetText(path), path);
  const text = readText(path, "a labels file");
  return /^\s*[[{]/.test(text) ? fromJson(text, path) : fromLines(text, path);
}

/** What a model's classes are called, if that is known. */
export interface ClassNames {
  readonly labels: readonly string[] | undefined;
  /** Their WordNet ids; undefined for those that have none. */
  readonly wordnet: readonly (string | undefined)[] | undefined;
}

/** Class names, and where they are from. */
export interface FoundLabels extends ClassNames {
  /** The file, what in the model's own file, or the data set that the model looks like; undefined without labels. */
  readonly labelsFrom: string | undefined;
  /** What is assumed without having been said, as it reads before "is assumed"; undefined for labels that are known. */
  readonly assumed: string | undefined;
  readonly warnings: readonly string[];
}

const NO_LABELS: FoundLabels = {
  labels: undefined,
  wordnet: undefined,
  labelsFrom: undefined,
  assumed: undefined,
  warnings: [],
};

/** TensorFlow's networks for ImageNet have one class more than it, the first, which stands for everything else. */
const WITH_BACKGROUND = 1001;
const BACKGROUND: NamedClass = { name: "background" };

/** ImageNet-21k as Google counts it, and as its archive of 2011 does, which lacks two classes. */
const [ALL_OF_21K, IN_ARCHIVE] = [21843, 21841];
const NOT_IN_ARCHIVE = ["n03931044", "n09859684"];

/**
 * Reads a classifier's labels: from a file, else from the metadata of the model's own or from its graph, else those of the data
 * set that it looks trained on (see `guessLabelSet`). The 1000 names of ImageNet follow "background" in a model of 1001 classes. Warns if
 * there are more or fewer labels than the model has classes.
 * @param choice what the caller names, a file or one of `LABEL_SETS`, else the file that came with the model; undefined for
 *   neither
 * @throws LimnError as `readLabels` does
 */
export function labelsFor(
  classifier: Pick<Classifier, "classes" | "named"> & Partial<LabelSetEvidence>,
  choice: string | undefined,
): FoundLabels {
  const { classes, model, named } = classifier;
  if (choice !== undefined) return fitted(readClasses(choice), classes, choice);
  const inside = model && inMetadata(model.metadata);
  if (inside?.named.length === classes) return fitted(inside.named, classes, `"${inside.key}" in the file's metadata`);
  if (named?.names.length === classes) {
    const inGraph = named.names.map((name) => ({ name }));
    return fitted(inGraph, classes, `${named.by} in the file`);
  }
  const guess = isEvidence(classifier) ? guessLabelSet(classifier) : undefined;
  if (!guess) return NO_LABELS;
  const { labelsFrom, ...labels } = fitted(readClasses(guess.set), classes, `"${guess.set}"`);
  return { ...labels, labelsFrom: `${labelsFrom}, since ${guess.reason}`, assumed: `labels "${guess.set}"` };
}

const isEvidence = (classifier: Partial<LabelSetEvidence>): classifier is LabelSetEvidence =>
  classifier.image !== undefined;

/** Names for the model's classes, in the count that it has of them. */
function fitted(read: readonly NamedClass[], classes: number, from: string): FoundLabels {
  const shifted = classes === WITH_BACKGROUND && read.length === WITH_BACKGROUND - 1;
  const cut = classes === IN_ARCHIVE && read.length === ALL_OF_21K;
  const named = shifted
    ? [BACKGROUND, ...read]
    : read.filter(({ wordnet }) => !(cut && wordnet && NOT_IN_ARCHIVE.includes(wordnet)));
  const warning = `${from}: ${named.length} labels for a model of ${classes} classes; they may belong to another model`;
  return {
    labels: named.map(({ name }) => name),
    wordnet: named.map(({ wordnet }) => wordnet),
    labelsFrom: shifted ? `${from}, after "background" as class 0, since the model has 1001 classes` : from,
    assumed: undefined,
    warnings: named.length === classes ? [] : [warning],
  };
}

/** Keys of metadata under which files hold their class names. */
const LABEL_KEYS = ["names", "labels", "classes", "class_names", "id2label", "label2id"];

/** The class names in a file's metadata: JSON of any form, a list or dict of Python as Ultralytics writes it, or names with commas or lines between them. */
function inMetadata(metadata: ReadonlyMap<string, string>): { key: string; named: NamedClass[] } | undefined {
  for (const key of LABEL_KEYS) {
    const text = metadata.get(key);
    if (text === undefined) continue;
    try {
      return { key, named: fromJson(text, key) };
    } catch {
      const names = /^\s*[[{(]/.test(text) ? inPython(text) : text.trim().split(/\n/.test(text) ? "\n" : ",");
      if (names.length > 1) return { key, named: names.map((name) => ({ name: name.trim() })) };
    }
  }
  return undefined;
}

/** The texts of a list in Python's own writing, or of a dict: 0: 'tench' or 0: "tiger's eye". */
function inPython(text: string): string[] {
  const each = /^\s*\{/.test(text) ? PYTHON_ENTRY : PYTHON_TEXT;
  return [...text.matchAll(each)].map(([, single, double]) => single ?? double ?? "");
}

const PYTHON_TEXT = /'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/g;
const PYTHON_ENTRY = new RegExp(`\\b\\d+:\\s*(?:${PYTHON_TEXT.source})`, "g");

/** How many class names a file's metadata hold. */
export const namesInMetadata = (metadata: ReadonlyMap<string, string>): number =>
  inMetadata(metadata)?.named.length ?? 0;

const WORDNET_ID = /^n\d{8}$/;

function fromLines(text: string, path: string): NamedClass[] {
  const lines = text.trimEnd().split(/\r\n|\r|\n/);
  const table = fromTable(lines);
  if (table) return table;
  return lines.map((line, i) => {
    const [, wordnet, name = ""] = /^(?:\s*(n\d{8})\s)?(.*)$/.exec(line) ?? [];
    if (name.trim()) return { name: name.trim(), wordnet };
    throw new LimnError("bad-input", `${path}: line ${i + 1} is empty; give class ${i} a name`);
  });
}

/** A line of a table: the class's index and its name, either first. */
const ROWS = [
  /^\s*"?(?<index>\d+)"?\s*[,;:\t ]\s*(?<name>.+?)\s*$/,
  /^\s*(?<name>.+?)\s*[,;\t]\s*"?(?<index>\d+)"?\s*$/,
];

/** The names in a table of indices and names, with or without a line of headings; undefined if the lines are not numbered from 0. */
function fromTable(lines: readonly string[]): NamedClass[] | undefined {
  for (const row of ROWS) {
    const parts = lines.map((line) => row.exec(line)?.groups);
    const rows = parts[0] ? parts : parts.slice(1);
    const named: NamedClass[] = [];
    for (const part of rows) if (part) named[Number(part.index)] = { name: unquoted(part.name as string) };
    const isNumbered = named.length > 1 && named.length === rows.length && rows.every((part) => part !== undefined);
    if (isNumbered && Object.keys(named).length === named.length) return named;
  }
  return undefined;
}

/** A cell of a table as spreadsheets write it. */
const unquoted = (cell: string): string => (/^".*"$/.test(cell) ? cell.slice(1, -1).replaceAll('""', '"') : cell);

const wordnetId = v.pipe(v.string(), v.regex(WORDNET_ID));

/** A name, alone or after its WordNet id. */
const nameSchema = v.union([
  v.pipe(
    v.string(),
    v.transform((name): NamedClass => ({ name })),
  ),
  v.pipe(
    v.strictTuple([wordnetId, v.string()]),
    v.transform(([wordnet, name]): NamedClass => ({ name, wordnet })),
  ),
]);

const indexSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const entrySchema = v.pipe(
  v.object({
    index: v.optional(indexSchema),
    name: v.optional(v.string()),
    label: v.optional(v.string()),
    // anything else in this place is not an id
    wnid: v.fallback(v.optional(wordnetId), undefined),
  }),
  v.check(({ name, label }) => name !== undefined || label !== undefined),
);

const byNameSchema = v.pipe(
  v.custom<object>((value) => !Array.isArray(value)),
  v.record(v.string(), indexSchema),
);

const byIndexSchema = v.record(v.pipe(v.string(), v.digits()), nameSchema);

const fileSchema = v.union([
  v.pipe(
    v.array(nameSchema),
    v.transform((names) => names.map((named, index) => ({ index, ...named }))),
  ),
  v.pipe(
    v.array(entrySchema),
    v.transform((entries) =>
      entries.map(({ index, name, label, wnid }, i) => ({
        index: index ?? i,
        name: name ?? label ?? "",
        wordnet: wnid,
      })),
    ),
  ),
  // timm's config.json
  v.pipe(
    v.object({
      label_names: v.array(v.string()),
      label_descriptions: v.fallback(v.record(v.string(), v.string()), {}),
    }),
    v.transform(({ label_names, label_descriptions }) =>
      label_names.map((name, index) => ({
        index,
        name: label_descriptions[name] ?? name,
        ...(WORDNET_ID.test(name) ? { wordnet: name } : {}),
      })),
    ),
  ),
  v.pipe(
    v.object({ id2label: byIndexSchema }),
    v.transform(({ id2label }) => numbered(id2label)),
  ),
  v.pipe(
    v.object({ label2id: byNameSchema }),
    v.transform(({ label2id }) => placed(label2id)),
  ),
  v.pipe(byIndexSchema, v.transform(numbered)),
  // Keras' class_indices
  v.pipe(byNameSchema, v.transform(placed)),
  // embeddings of classes, whose names these are: see `readTextClasses`
  v.pipe(
    v.object({ names: v.array(v.string()), embeddings: v.array(v.unknown()) }),
    v.transform(({ names }) => names.map((name, index) => ({ index, name }))),
  ),
  v.pipe(
    v.record(v.string(), v.array(v.number())),
    v.transform((embeddings) => Object.keys(embeddings).map((name, index) => ({ index, name }))),
  ),
]);

function placed(indices: Record<string, number>): (NamedClass & { index: number })[] {
  return Object.entries(indices).map(([name, index]) => ({ index, name }));
}

function numbered(names: Record<string, NamedClass>): (NamedClass & { index: number })[] {
  return Object.entries(names).map(([index, named]) => ({ index: Number(index), ...named }));
}

function fromJson(text: string, path: string): NamedClass[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new LimnError("bad-input", `${path}: not JSON (${reasonOf(error)}); correct it`, { cause: error });
  }
  const parsed = v.safeParse(fileSchema, json);
  if (!parsed.success) {
    throw new LimnError(
      "bad-input",
      `${path}: this is not a list of labels; give ["name", ...], [{"index": 0, "name": "name"}, ...], {"0": "name", ...}, {"name": 0, ...} or a config.json with id2label`,
    );
  }
  const classes: NamedClass[] = [];
  for (const { index, ...named } of parsed.output) {
    if (classes[index] !== undefined)
      throw new LimnError("bad-input", `${path}: class ${index} is named twice; correct it`);
    if (index >= parsed.output.length) {
      throw new LimnError(
        "bad-input",
        `${path}: class ${index} is named, but there are only ${parsed.output.length} names; number them from 0 without gaps`,
      );
    }
    classes[index] = named;
  }
  if (classes.length === 0)
    throw new LimnError("bad-input", `${path}: there are no labels in this file; give one for every class`);
  return classes;
}

/** The target that makes a graph explain the class that it predicts. */
export const PREDICTED = -1;
const PREDICTED_WORD = "predicted";

/**
 * The class that a person means.
 * @param choice `predicted`, an index from 0, or a label, each in any case, with spaces or underscores; a class that is called
 *   `predicted` goes by its index
 * @param what what messages call the choice
 * @returns the index; -1 for `predicted`
 * @throws LimnError `bad-option` with similar labels, or the range of indices
 */
export function targetOf(
  choice: string,
  classes: number,
  labels: readonly string[] | undefined,
  what = "target",
): number {
  const fail = (reason: string): never => {
    throw new LimnError("bad-option", `${what} "${choice}": ${reason}`);
  };
  const wanted = plain(choice);
  if (wanted === PREDICTED_WORD) return PREDICTED;
  const matches = labels?.flatMap((label, index) => (plain(label) === wanted ? [index] : [])) ?? [];
  const [first, ...others] = matches;
  if (others.length > 0) return fail(`classes ${matches.join(" and ")} have the same label; give the index of one`);
  if (first !== undefined && first < classes) return first;
  if (/^[+-]?\d+$/.test(wanted)) {
    const index = Number(wanted);
    return index >= 0 && index < classes ? index : fail(`the model has ${classes} classes; give 0 to ${classes - 1}`);
  }
  if (wanted === "label")
    return fail('only pictures of a data set have labels of their own; give "predicted" or a class');
  if (!labels) return fail(`without a labels file, give "predicted" or an index from 0 to ${classes - 1}`);
  return fail(`no class has this label; ${didYouMean(choice, labels) || "give an index"}`);
}

/**
 * The classes that a person lists with commas. Labels may hold commas themselves: if the whole text is a label, it is one
 * class.
 * @param choice as `targetOf` takes it, or several with commas between them
 * @returns their indices, as `targetOf` gives them
 * @throws LimnError `bad-option` with similar labels
 */
export function targetsOf(
  choice: string,
  classes: number,
  labels: readonly string[] | undefined,
  what = "target",
): number[] {
  const isLabel = (one: string) => labels?.some((label) => plain(label) === plain(one)) === true;
  const isKnown = (one: string) => isLabel(one) || /^(predicted|[+-]?\d+)$/.test(plain(one));
  const parts = choice.split(",");
  // if no part is a class, the text is one misspelled label
  const listed = !isLabel(choice) && parts.some(isKnown) ? parts.map((part) => part.trim()) : [choice];
  return listed.map((one) => targetOf(one, classes, labels, what));
}

/** What is explained: a class by its index, -1 for the predicted one, or a combination of classes. */
export type Explained = number | Combination;

/**
 * What a person wants explained: classes as `targetsOf` takes them, `-label` (`- 3` for an index) for what speaks
 * against a class, `a - b` for what speaks for one rather than the other, `rest label` for what speaks for it and against
 * all others, `prob label` for its probability. One text may hold several, with commas between them.
 * @throws LimnError as `targetsOf` does
 */
export function explainedOf(choice: string, classes: number, labels: readonly string[] | undefined): Explained[] {
  const combination = (text: string) => combinationOf(text.trim(), classes, labels);
  const whole = combination(choice);
  if (whole) return [whole];
  const parts = choice.split(",");
  if (!parts.some(combination)) return targetsOf(choice, classes, labels);
  return parts.flatMap((part): Explained[] => {
    const one = combination(part);
    return one ? [one] : targetsOf(part.trim(), classes, labels);
  });
}

function combinationOf(text: string, classes: number, labels: readonly string[] | undefined): Combination | undefined {
  // a name that holds a minus is a name
  const isLabel = (one: string) => labels?.some((label) => plain(label) === plain(one)) === true;
  const isClass = (one: string) => /^(predicted|\d+)$/.test(plain(one)) || isLabel(one);
  if (isClass(text)) return undefined;
  if (/^-\d+$/.test(text)) {
    throw new LimnError(
      "bad-option",
      `target "${text}": -1 stands for the predicted class in saved files, so this could mean two things; give "- ${text.slice(1)}", with a space, for what speaks against class ${text.slice(1)}, or "predicted"`,
    );
  }
  const index = (one: string) => targetOf(one, classes, labels);
  const [, word = "", named = ""] = /^(rest|prob)\s+(.+)$/i.exec(text) ?? [];
  if (isClass(named)) return { kind: word.toLowerCase() === "rest" ? "rest" : "probability", of: index(named) };
  const [, against = ""] = /^[-\u2212]\s*(.+)$/.exec(text) ?? [];
  if (isClass(against)) return { kind: "against", of: index(against) };
  for (const { 0: minus, index: at } of text.matchAll(/\s[-\u2212]\s/g)) {
    const [of, other] = [text.slice(0, at).trim(), text.slice(at + minus.length).trim()];
    if (isClass(of) && isClass(other)) return { kind: "difference", of: index(of), other: index(other) };
  }
  return undefined;
}

/** A combination as people read it. */
export function nameOfCombination(combination: Combination, labels: readonly string[] | undefined): string {
  const name = (index: number) => nameOfExplained(index, labels);
  const of = name(combination.of);
  if (combination.kind === "difference") return `${of} \u2212 ${name(combination.other)}`;
  if (combination.kind === "against") return `\u2212${of}`;
  return `${combination.kind === "rest" ? "rest" : "prob"} ${of}`;
}

/** The name of a class, or of a combination. */
export const nameOfExplained = (explained: Explained, labels: readonly string[] | undefined): string =>
  typeof explained === "number" ? (labels?.[explained] ?? `class ${explained}`) : nameOfCombination(explained, labels);

/**
 * The class that a person means if there can be only one for all pictures.
 * @param choice as `targetOf` takes it
 * @throws LimnError `bad-option` with similar labels, for several classes, or for a combination
 */
export function oneTarget(choice: string, classes: number, labels: readonly string[] | undefined): number {
  const [one = PREDICTED, ...others] = explainedOf(choice, classes, labels);
  if (others.length > 0) throw new LimnError("bad-option", `target "${choice}": ${ONE_TARGET}`);
  if (typeof one === "number") return one;
  throw new LimnError("bad-option", `target "${choice}": this is no single class; give a class by its index or name`);
}

/** What messages say if several classes are given and only one is possible. */
export const ONE_TARGET = "each picture is explained for one class; give one, and run once for every other";

/** A label in lower case, with spaces for underscores, since people write these differently. */
export const plain = (label: string): string => label.trim().toLowerCase().replaceAll("_", " ");
