import { type Classifier, didYouMean, LimnError, reasonOf } from "@limn/core";
import * as v from "valibot";
import { readText } from "./read-input.js";

/**
 * Reads class names from a file: text with one a line, or JSON as a list of names, a list of { index, name },
 * an object { "0": name }, or Hugging Face's config.json with id2label. WordNet ids before the names are left out.
 * @returns the name of every class, in order
 * @throws LimnError `bad-input` that names the file and the entry
 */
export const readLabels = (path: string): string[] => readClasses(path).map(({ name }) => name);

/**
 * The WordNet ids that stand before the names of a file of class names.
 * @returns by class; undefined where it has none
 * @throws LimnError as `readLabels` does
 */
export const readWordnetIds = (path: string): (string | undefined)[] => readClasses(path).map(({ wordnet }) => wordnet);

interface NamedClass {
  readonly name: string;
  readonly wordnet?: string | undefined;
}

function readClasses(path: string): NamedClass[] {
  const text = readText(path, "a labels file");
  return /^\s*[[{]/.test(text) ? fromJson(text, path) : fromLines(text, path);
}

/** What a model's classes are called, where that is known. */
export interface ClassNames {
  readonly labels: readonly string[] | undefined;
  /** Their WordNet ids; undefined for those that have none. */
  readonly wordnet: readonly (string | undefined)[] | undefined;
}

/**
 * A classifier's labels, with a warning where the file has more or fewer than the model has classes.
 * @param path of the file that the caller names, else of the one that came with the model
 */
export function labelsFor(
  { classes }: Pick<Classifier, "classes">,
  path: string | undefined,
): ClassNames & { warnings: readonly string[] } {
  if (path === undefined) return { labels: undefined, wordnet: undefined, warnings: [] };
  const named = readClasses(path);
  const labels = named.map(({ name }) => name);
  const warning = `${path}: ${labels.length} labels for a model of ${classes} classes; they may belong to another model`;
  return { labels, wordnet: named.map(({ wordnet }) => wordnet), warnings: labels.length === classes ? [] : [warning] };
}

const WORDNET_ID = /^n\d{8}$/;

function fromLines(text: string, path: string): NamedClass[] {
  if (text.includes("\0")) throw new LimnError("bad-input", `${path}: not a text file; give one name a line, or JSON`);
  const lines = text.trimEnd().split(/\r?\n/);
  return lines.map((line, i) => {
    const [, wordnet, name = ""] = /^(?:\s*(n\d{8})\s)?(.*)$/.exec(line) ?? [];
    if (name.trim()) return { name: name.trim(), wordnet };
    throw new LimnError("bad-input", `${path}: line ${i + 1} is empty; give class ${i} a name`);
  });
}

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

const entrySchema = v.pipe(
  v.object({
    index: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
    name: v.optional(v.string()),
    label: v.optional(v.string()),
    // whatever else stands there is no id
    wnid: v.fallback(v.optional(wordnetId), undefined),
  }),
  v.check(({ name, label }) => name !== undefined || label !== undefined),
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
  v.pipe(
    v.object({ id2label: byIndexSchema }),
    v.transform(({ id2label }) => numbered(id2label)),
  ),
  v.pipe(byIndexSchema, v.transform(numbered)),
]);

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
      `${path}: no list of labels; give ["name", ...], [{"index": 0, "name": "name"}, ...], {"0": "name", ...} or a config.json with id2label`,
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
    throw new LimnError("bad-input", `${path}: there are no labels in it; give one for every class`);
  return classes;
}

/** The target of a graph that explains whatever class it predicts. */
const PREDICTED = -1;
const PREDICTED_WORD = "predicted";

/**
 * The class that a person means.
 * @param choice `predicted`, an index from 0, or a label, each in any case, with spaces or underscores; a class that is
 *   called `predicted` goes by its index
 * @param what it is called in messages
 * @returns the index; -1 for `predicted`
 * @throws LimnError `bad-option` with near matches
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
  if (others.length > 0) return fail(`classes ${matches.join(" and ")} have this label; give the index`);
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
 * The classes that a person lists with commas. Labels hold commas themselves: what is a label as a whole is one class.
 * @param choice as `targetOf` takes it, or several with commas between
 * @throws LimnError `bad-option` with near matches
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
  // where no part is a class, it is the whole that is misspelled
  const listed = !isLabel(choice) && parts.some(isKnown) ? parts.map((part) => part.trim()) : [choice];
  return listed.map((one) => targetOf(one, classes, labels, what));
}

/**
 * The class that a person means where there can be only one for all pictures.
 * @param choice as `targetOf` takes it
 * @throws LimnError `bad-option` with near matches, or for several classes
 */
export function oneTarget(choice: string, classes: number, labels: readonly string[] | undefined): number {
  const [index = PREDICTED, ...others] = targetsOf(choice, classes, labels);
  if (others.length === 0) return index;
  throw new LimnError("bad-option", `target "${choice}": ${ONE_TARGET}`);
}

/** What is said to those who give several classes where one is taken. */
export const ONE_TARGET = "each picture is explained for one class; give one, and run once for every other";

/** A label without what people write differently: upper and lower case, underscores and spaces. */
export const plain = (label: string): string => label.trim().toLowerCase().replaceAll("_", " ");
