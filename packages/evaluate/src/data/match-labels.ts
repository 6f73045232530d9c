import { didYouMean, LimnError } from "@limn/core";
import { plain } from "@limn/node/internal";
import type { DataSet } from "./data-set.js";
import { type LabelMapping, type MappedClass, readLabelMapping } from "./label-mapping.js";

/** What is known of a model's classes. */
export interface ModelLabels {
  /** How many there are. */
  readonly classes: number;
  /** Their names, which may be several with commas between. */
  readonly labels?: readonly string[] | undefined;
  /** Their WordNet ids, where they have them. */
  readonly wordnet?: readonly (string | undefined)[] | undefined;
  /** Path of a file that says which of them the data's classes stand for. */
  readonly mapping?: string | undefined;
}

export interface LabelMatch {
  /** The model's classes that a class of the data stands for; none where it found none. */
  classesOf(name: string | number): readonly number[];
  /** Classes of the data that found none. */
  readonly unmatched: readonly (string | number)[];
  readonly warnings: readonly string[];
}

/**
 * Finds the model's classes that the data's stand for. For a name it is, in this order: what the mapping says; the class
 * of this WordNet id, alone or before a name; the class with this label, whatever its case, spaces and underscores; those
 * of which one of the names between commas is one of the class's; the class of this index. A number is an index.
 * @throws LimnError `bad-input` where no class at all is found, with near matches, and for a mapping to unknown classes
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
      `${data.title}: none of its classes is one of the model's: ${namesOf(unmatched, model)}; ${adviceOn(model)}`,
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
            `${data.title}: ${unmatched.length} of ${data.classes.length} classes are none of the model's: ${namesOf(unmatched, model)}`,
          ]
        : []),
      ...(unused.length > 0
        ? [
            `${model.mapping}: ${unused.length} of its ${mapping?.size} classes are none of the data's: ${listed(unused.map((name) => `"${name}"`))}`,
          ]
        : []),
      ...ambiguous.map(
        ([name, indices]) =>
          `class "${name}" fits classes ${indices.join(" and ")} of the model: any of them counts as it`,
      ),
    ],
  };
}

function matchOf(name: string | number, index: LabelIndex, mapping: LabelMapping | undefined): readonly number[] {
  const mapped = mapping?.get(String(name));
  if (!mapped) return index.find(name);
  return [...new Set(mapped.flatMap((one) => known(one, name, index)))];
}

/** @throws LimnError where the model has no such class */
function known({ class: wanted, place }: MappedClass, name: string | number, index: LabelIndex): readonly number[] {
  const found = index.find(wanted);
  if (found.length > 0) return found;
  throw new LimnError(
    "bad-input",
    `${place}: "${name}" stands for "${wanted}", which is no class of the model; ${index.advice(wanted)}`,
  );
}

/** Finds classes of a model by what they are called. */
class LabelIndex {
  readonly #byLabel = new Map<string, number[]>();
  readonly #bySynonym = new Map<string, number[]>();
  readonly #byWordnet = new Map<string, number[]>();

  constructor(private readonly model: ModelLabels) {
    model.labels?.slice(0, model.classes).forEach((label, index) => {
      add(this.#byLabel, plain(label), index);
      for (const synonym of synonymsOf(label)) add(this.#bySynonym, synonym, index);
    });
    model.wordnet?.slice(0, model.classes).forEach((id, index) => {
      if (id !== undefined) add(this.#byWordnet, id, index);
    });
  }

  find(name: string | number): readonly number[] {
    if (typeof name === "number") return this.#numbered(name);
    const [, wordnet = ""] = /^(n\d{8})(?![0-9a-z])/i.exec(name) ?? [];
    const found = this.#byWordnet.get(wordnet.toLowerCase()) ?? this.#byLabel.get(plain(name));
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

const synonymsOf = (label: string): string[] => label.split(",").map(plain).filter(Boolean);

/** The question whether a label like this was meant; empty where there is none. */
function nearTo(name: string | number, { labels = [] }: ModelLabels): string {
  const near = didYouMean(
    String(name),
    labels.flatMap((label) => label.split(",").map((synonym) => synonym.trim())),
  );
  return near.startsWith("did") ? near : "";
}

/** Classes that a message lists before it only counts them. */
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
  if (!labels) return "the model's classes have no names: give its labels file, or a mapping to their indices";
  return mapping === undefined ? "give a mapping of the data's classes to the model's" : "correct the mapping";
};
