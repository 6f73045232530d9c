import { type Classifier, type Combination, didYouMean, LimnError, reasonOf } from "@limn/core";
import { z } from "zod";
import { readInput } from "./read-input.js";

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
  const text = readInput(path, "a labels file")
    .toString("utf8")
    .replace(/^\uFEFF/, "");
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

/** A name, alone or after its WordNet id. */
const nameSchema = z.union([
  z.string().transform((name): NamedClass => ({ name })),
  z.tuple([z.string().regex(WORDNET_ID), z.string()]).transform(([wordnet, name]): NamedClass => ({ name, wordnet })),
]);

const entrySchema = z
  .looseObject({
    index: z.number().int().min(0).optional(),
    name: z.string().optional(),
    label: z.string().optional(),
    // whatever else stands there is no id
    wnid: z.string().regex(WORDNET_ID).optional().catch(undefined),
  })
  .refine(({ name, label }) => name !== undefined || label !== undefined);

const byIndexSchema = z.record(z.string().regex(/^\d+$/), nameSchema);

const fileSchema = z.union([
  z.array(nameSchema).transform((names) => names.map((named, index) => ({ index, ...named }))),
  z.array(entrySchema).transform((entries) =>
    entries.map(({ index, name, label, wnid }, i) => ({
      index: index ?? i,
      name: name ?? label ?? "",
      wordnet: wnid,
    })),
  ),
  z.looseObject({ id2label: byIndexSchema }).transform(({ id2label }) => numbered(id2label)),
  byIndexSchema.transform(numbered),
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
  const parsed = fileSchema.safeParse(json);
  if (!parsed.success) {
    throw new LimnError(
      "bad-input",
      `${path}: no list of labels; give ["name", ...], [{"index": 0, "name": "name"}, ...], {"0": "name", ...} or a config.json with id2label`,
    );
  }
  const classes: NamedClass[] = [];
  for (const { index, ...named } of parsed.data) {
    if (classes[index] !== undefined)
      throw new LimnError("bad-input", `${path}: class ${index} is named twice; correct it`);
    if (index >= parsed.data.length) {
      throw new LimnError(
        "bad-input",
        `${path}: class ${index} is named, but there are only ${parsed.data.length} names; number them from 0 without gaps`,
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

/**
 * The class that a person means.
 * @param choice `predicted`, an index from 0, or a label in any case, with spaces or underscores; a class that is called
 *   `predicted` goes by its index
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
  if (choice === "predicted") return PREDICTED;
  const wanted = plain(choice);
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
  const isKnown = (one: string) => isLabel(one) || /^(predicted|[+-]?\d+)$/.test(one.trim());
  const parts = choice.split(",");
  // where no part is a class, it is the whole that is misspelled
  const listed = !isLabel(choice) && parts.some(isKnown) ? parts.map((part) => part.trim()) : [choice];
  return listed.map((one) => targetOf(one, classes, labels, what));
}

/** What is explained: a class by its index, -1 for the predicted one, or a combination of classes. */
export type Explained = number | Combination;

/**
 * What a person wants explained: classes as `targetsOf` takes them, `-label` (`- 3` for an index) for what speaks against a class,
 * `a - b` for what
 * speaks for one rather than the other, `rest label` for what speaks for it and against all others. Several may stand with commas
 * between.
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
  const isClass = (one: string) => /^\d+$/.test(one) || labels?.some((label) => plain(label) === plain(one)) === true;
  // -1 stands for the predicted class elsewhere: against a class by its index, there is a space
  if (isClass(text) || /^-\d/.test(text)) return undefined;
  const index = (one: string) => targetOf(one, classes, labels);
  const [, rest = ""] = /^rest\s+(.+)$/i.exec(text) ?? [];
  if (isClass(rest)) return { kind: "rest", of: index(rest) };
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
  const name = (index: number) => labels?.[index] ?? `class ${index}`;
  const of = name(combination.of);
  if (combination.kind === "difference") return `${of} \u2212 ${name(combination.other)}`;
  return combination.kind === "against" ? `\u2212${of}` : `rest ${of}`;
}

/** A label without what people write differently: upper and lower case, underscores and spaces. */
export const plain = (label: string): string => label.trim().toLowerCase().replaceAll("_", " ");
