import * as v from "valibot";
import type { Classifier } from "../classifier.js";
import { LimnError, reasonOf } from "../error.js";
import type { TextFile } from "../text-file.js";
import type { LabelSetGuess } from "./label-sets.js";

/** What a file calls one class. */
export interface NamedClass {
  readonly name: string;
  readonly wordnet?: string | undefined;
}

/**
 * Reads class names from text with one name per line, from a table (CSV) of indices from 0 and names, or from JSON: a list of
 * names, a list of `{ index, name }`, an object `{ "0": name }` or `{ name: 0 }`, or Hugging Face's config.json with `id2label`
 * or `label2id`. WordNet ids before the names are told from them.
 * @returns every class, by its index
 * @throws LimnError `bad-input` that names the file and the entry
 */
export function classesIn({ name, text }: TextFile): NamedClass[] {
  const content = text();
  return /^\s*[[{]/.test(content) ? fromJson(content, name) : fromLines(content, name);
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

/** Of a model of which nothing names the classes. */
export const NO_LABELS: FoundLabels = {
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

/** The class names of a file, in the count that the model has of them; a warning if they are more or fewer. @throws LimnError as `classesIn` does */
export const labelsIn = (file: TextFile, classes: number): FoundLabels => fitted(classesIn(file), classes, file.name);

/** The class names in a model's own file, in its metadata or in its graph; undefined if it has none, or not one for every class. */
export function labelsInModel({
  classes,
  model,
  named,
}: Pick<Classifier, "classes" | "model" | "named">): FoundLabels | undefined {
  const inside = inMetadata(model.metadata);
  if (inside?.named.length === classes) return fitted(inside.named, classes, `"${inside.key}" in the file's metadata`);
  if (named?.names.length !== classes) return undefined;
  const inGraph = named.names.map((name) => ({ name }));
  return fitted(inGraph, classes, `${named.by} in the file`);
}

/** The class names of the data set that a model looks trained on. @param text of the set, as its file has it */
export function labelsGuessed({ set, reason }: LabelSetGuess, text: string, classes: number): FoundLabels {
  const { labelsFrom, ...labels } = fitted(fromJson(text, set), classes, `"${set}"`);
  return { ...labels, labelsFrom: `${labelsFrom}, since ${reason}`, assumed: `labels "${set}"` };
}

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
    labelsFrom: shifted ? `${from}, after "background" as class 0` : from,
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
  // embeddings of classes, whose names these are: see `readTextClasses` of @limn/node
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
