import { LimnError } from "./error.js";
import type { Combination } from "./methods/method.js";
import { didYouMean } from "./suggest.js";

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
  const wanted = plainLabel(choice);
  if (wanted === PREDICTED_WORD) return PREDICTED;
  const matches = labels?.flatMap((label, index) => (plainLabel(label) === wanted ? [index] : [])) ?? [];
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
  const isLabel = (one: string) => labels?.some((label) => plainLabel(label) === plainLabel(one)) === true;
  const isKnown = (one: string) => isLabel(one) || /^(predicted|[+-]?\d+)$/.test(plainLabel(one));
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
  const isLabel = (one: string) => labels?.some((label) => plainLabel(label) === plainLabel(one)) === true;
  const isClass = (one: string) => /^(predicted|\d+)$/.test(plainLabel(one)) || isLabel(one);
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
export const plainLabel = (label: string): string => label.trim().toLowerCase().replaceAll("_", " ");
