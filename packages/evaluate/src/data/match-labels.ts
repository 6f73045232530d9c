import { didYouMean, LimnError, plainLabel } from "@limn/core";
import type { DataSet } from "./data-set.js";
import { type LabelMapping, type MappedClass, readLabelMapping } from "./label-mapping.js";

/** What is known about a model's classes. */
export interface ModelLabels {
  /** How many there are. */
  readonly classes: number;
  /** Their names; a class may have several, with commas between them. */
  readonly labels?: readonly string[] | undefined;
  /** Their WordNet ids, if they have them. */
  readonly wordnet?: readonly (string | undefined)[] | undefined;
  /** Path of a file that says which of them the data's classes stand for. */
  readonly mapping?: string | undefined;
}

/** Which classes of the model the data's classes are. */
export interface LabelMatch {
  /** The model's classes that a class of the data stands for; none if no class matches. */
  classesOf(name: string | number): readonly number[];
  /** Classes of the data that match none of the model's. */
  readonly unmatched: readonly (string | number)[];
  readonly warnings: readonly string[];
}

/** For a model of a single value: it is about whatever the data shows. */
export const EVERY_CLASS: LabelMatch = { classesOf: () => [0], unmatched: [], warnings: [] };

/**
 * Finds the model's classes that the data's classes stand for. For a name, the first of these counts: what the mapping says;
 * the class with this WordNet id, alone or before a name; the class with this label, in any case, with spaces or
 * underscores; the classes that share one of the names between commas; the class with this index. A number is an index.
 * @throws LimnError `bad-input` if no class at all matches, with similar names, and for a mapping to unknown classes
 * @example
 * const data = await openData({ data: "photos" });
 * matchLabels(data, { classes: 1000, labels: readLabels("labels.txt") }).classesOf("cat"); // [281]
 */
export function matchLabels(data: Pick<DataSet, "title" | "classes">, model: ModelLabels): LabelMatch {
  const mapping = model.mapping === undefined ? undefined : readLabelMapping(model.mapping);
  const index = new LabelIndex(model);
  const matches = new Map(data.classes.map((name) => [name, matchOf(name, index, mapping)]));
  const found = [...matches].filter(([name, indices]) => indices.length > 0 || mapping?.has(String(name)));
  const unmatched = data.classes.filter((name) => matches.get(name)?.length === 0 && !mapping?.has(String(name)));
  if (unmatched.length > 0 && found.length === 0) {
    throw new LimnError(
      "bad-input",
      `${data.title}: none of its classes is a class of the model: ${namesOf(unmatched, model)}; ${adviceOn(model)}`,
    );
  }
  const ofData = new Set(data.classes.map(String));
  const unused = [...(mapping?.keys() ?? [])].filter((name) => !ofData.has(name));
  const ambiguous = [...matches].filter(([name, indices]) => indices.length > 1 && !mapping?.has(String(name)));
  return {
    classesOf: (name) => matches.get(name) ?? [],
    unmatched,
    warnings: [
      ...(unmatched.length > 0
        ? [
            `${data.title}: ${unmatched.length} of ${data.classes.length} classes are not classes of the model: ${namesOf(unmatched, model)}`,
          ]
        : []),
      ...(unused.length > 0
        ? [
            `${model.mapping}: ${unused.length} of its ${mapping?.size} classes are not classes of the data: ${listed(unused.map((name) => `"${name}"`))}`,
          ]
        : []),
      ...ambiguous.map(
        ([name, indices]) =>
          `class "${name}" fits classes ${indices.join(" and ")} of the model; each of them counts as right`,
      ),
    ],
  };
}

function matchOf(name: string | number, index: LabelIndex, mapping: LabelMapping | undefined): readonly number[] {
  const mapped = mapping?.get(String(name));
  if (!mapped) return index.find(name);
  return [...new Set(mapped.flatMap((one) => known(one, name, index)))];
}

/** @throws LimnError if the model has no such class */
function known({ class: wanted, source }: MappedClass, name: string | number, index: LabelIndex): readonly number[] {
  const found = index.find(wanted);
  if (found.length > 0) return found;
  throw new LimnError(
    "bad-input",
    `${source}: "${name}" is to stand for "${wanted}", which is no class of the model; ${index.advice(wanted)}`,
  );
}

/** Finds classes of a model by what they are called. */
class LabelIndex {
  readonly #byLabel = new Map<string, number[]>();
  readonly #bySynonym = new Map<string, number[]>();
  readonly #byWordnet = new Map<string, number[]>();

  constructor(private readonly model: ModelLabels) {
    model.labels?.slice(0, model.classes).forEach((label, index) => {
      add(this.#byLabel, plainLabel(label), index);
      for (const synonym of synonymsOf(label)) add(this.#bySynonym, synonym, index);
    });
    model.wordnet?.slice(0, model.classes).forEach((id, index) => {
      if (id !== undefined) add(this.#byWordnet, id, index);
    });
  }

  find(name: string | number): readonly number[] {
    if (typeof name === "number") return this.#numbered(name);
    const [, wordnet = ""] = /^(n\d{8})(?![0-9a-z])/i.exec(name) ?? [];
    const found = this.#byWordnet.get(wordnet.toLowerCase()) ?? this.#byLabel.get(plainLabel(name));
    if (found) return found;
    const related = new Set(synonymsOf(name).flatMap((synonym) => this.#bySynonym.get(synonym) ?? []));
    if (related.size > 0) return [...related].sort((a, b) => a - b);
    return /^\d+$/.test(name.trim()) ? this.#numbered(Number(name)) : [];
  }

  advice(name: string | number): string {
    return nearTo(name, this.model) || `give the label or index, 0 to ${this.model.classes - 1}, of one`;
  }

  #numbered(index: number): number[] {
    return Number.isInteger(index) && index >= 0 && index < this.model.classes ? [index] : [];
  }
}

function add(index: Map<string, number[]>, name: string, value: number): void {
  const values = index.get(name);
  if (!values) index.set(name, [value]);
  else if (!values.includes(value)) values.push(value);
}

const synonymsOf = (label: string): string[] => label.split(",").map(plainLabel).filter(Boolean);

/** "Did you mean ..." with a similar label; empty if there is none. */
function nearTo(name: string | number, { labels = [] }: ModelLabels): string {
  const near = didYouMean(
    String(name),
    labels.flatMap((label) => label.split(",").map((synonym) => synonym.trim())),
  );
  return near.startsWith("did") ? near : "";
}

/** How many classes a message lists; it only counts the others. */
const LISTED = 5;

function namesOf(names: readonly (string | number)[], model: ModelLabels): string {
  const described = names.map((name, i) => {
    const near = i < LISTED && nearTo(name, model);
    return near ? `"${name}" (${near})` : `"${name}"`;
  });
  return listed(described);
}

const listed = (names: readonly string[]): string =>
  `${names.slice(0, LISTED).join(", ")}${names.length > LISTED ? ` and ${names.length - LISTED} more` : ""}`;

const adviceOn = ({ labels, mapping }: ModelLabels): string => {
  if (!labels)
    return "the model's classes have no names: give its labels with --labels, or a mapping to their indices with --mapping";
  return mapping === undefined ? "say with --mapping which classes of the model they are" : "correct the mapping";
};
