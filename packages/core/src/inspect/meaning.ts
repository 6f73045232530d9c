import type { Classifier } from "../classifier.js";
import { userNames } from "../layers.js";
import { factOf } from "../ops/registry.js";

/** What a model's scores are taken to mean, and why. */
export interface OutputMeaning {
  /** The name of the output that is explained. */
  readonly output: string;
  /** Why this one of several; null if there is no other, or it was named. */
  readonly chosenBecause: string | null;
  /**
   * - `classes`: classes that exclude each other
   * - `sides`: one logit for two classes, or for one
   * - `labels`: labels that do not exclude each other
   * - `value`: one value, as a regression gives
   * - `as it is`: numbers that are explained as they are
   */
  readonly kind: "classes" | "sides" | "labels" | "value" | "as it is";
  readonly classes: number;
  /** What makes probabilities of the scores. */
  readonly scoreFunction: Classifier["scoreFunction"];
  /** The tensor in the file at which explanations start. */
  readonly startsAt: string;
  /** All of it in a sentence. */
  readonly summary: string;
}

/** Says what a classifier's scores are taken to mean. */
export function meaningOf(classifier: Classifier): OutputMeaning {
  const { classes, scoreFunction, independent, found } = classifier;
  const kind = independent
    ? "labels"
    : scoreFunction === "sigmoid"
      ? "sides"
      : scoreFunction === "softmax"
        ? "classes"
        : classes === 1
          ? "value"
          : "as it is";
  const named = nameOfLogits(classifier);
  const startsAt = named ?? found.output;
  const logits = kind === "sides" ? "the logit" : "the logits";
  const start = classifier.ofTexts
    ? "explanations start at these"
    : named === undefined && found.by === "trial" && scoreFunction !== "none"
      ? `explanations start at ${logits} that it is made of`
      : startsAt === found.output || scoreFunction === "none"
        ? "explanations start there"
        : `explanations start at ${logits}, "${startsAt}"`;
  return {
    output: found.output,
    chosenBecause: found.why ?? null,
    kind,
    classes,
    scoreFunction,
    startsAt,
    summary: `${MEANINGS[kind](classes)}: ${reasonOf(classifier, kind)}; ${start}`,
  };
}

const MEANINGS: Readonly<Record<OutputMeaning["kind"], (classes: number) => string>> = {
  classes: (n) => `${n} classes that exclude each other`,
  sides: (n) =>
    n === 1 ? "one logit, and its sigmoid is a probability" : "one logit for two classes, one on each side",
  labels: (n) => `${n} independent labels, each with a probability of its own`,
  value: () => "one value, explained as it is, up or down",
  "as it is": (n) => `${n} numbers, explained as they are`,
};

function reasonOf({ found, scoreFunction, ofTexts }: Classifier, kind: OutputMeaning["kind"]): string {
  if (ofTexts)
    return `"${found.output}" holds embeddings of pictures, whose cosines with those of the texts are the logits`;
  switch (found.by) {
    case "operator":
      return `"${found.output}" ends in a ${scoreFunction}`;
    case "trial":
      return scoreFunction === "none"
        ? `"${found.output}" holds probabilities, and no logits were found that they are made of`
        : `tried out, the last steps to "${found.output}" do what a ${scoreFunction} does`;
    case "caller":
      return "as the options or its config.json say";
    case "nobody":
      return kind === "value"
        ? `"${found.output}" has one value and no name`
        : `"${found.output}" holds logits, it does not end in probabilities, so a ${scoreFunction} is assumed`;
  }
}

/** The name that the user's file has for the logits, or for what they are a copy of; undefined if they are chosen from others. */
function nameOfLogits(classifier: Classifier): string | undefined {
  const names = userNames(classifier);
  let value = classifier.logits;
  for (let name = names.get(value); name === undefined; name = names.get(value)) {
    const node = value.producer;
    const [x] = node?.inputs ?? [];
    const layout = node && factOf(node, "layout");
    if (!x || (layout !== "reshapes" && layout !== "copies")) break;
    value = x;
  }
  return names.get(value);
}
