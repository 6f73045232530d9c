import { type Blank, CURVE_STEPS, GROUPS, isRegression, type MeasureVariant, nameOfCombination } from "@limn/core";
import type { OpenedClassifier } from "@limn/node";
import { combinationOf, type EvaluationSettings, type TargetRule } from "./settings.js";

const BLANK_WORDS: Record<Blank, string> = {
  black: "black in raw pixels",
  zero: "0 after preprocessing",
  mean: "the picture's mean color",
  blur: "the blurred picture",
};

/** What is measured, in words. */
export function scoreOf(target: TargetRule, { classifier, labels }: OpenedClassifier): string {
  const combination = combinationOf(target);
  if (combination?.kind === "probability" || (!combination && classifier.hasProbabilities))
    return "the class's probability";
  if (isRegression(classifier)) return combination ? "minus the value" : "the value";
  return combination ? nameOfCombination(combination, labels) : "the class's value";
}

/** How an evaluation hides parts of pictures, and what it measures, in words. */
export function variantOf(
  { masking, curves, target }: Pick<EvaluationSettings, "masking" | "curves" | "target">,
  opened: OpenedClassifier,
): MeasureVariant {
  const { blank = "black", keepTop, signed = "positive" } = masking;
  const { steps = CURVE_STEPS, deletionBlank = "zero", insertionBlank = "blur", groups = GROUPS } = curves ?? {};
  const part = signed === "positive" ? "the positive part of signed maps, " : "";
  const mask = keepTop === undefined ? "map min-max to [0, 1]" : `the top ${100 * keepTop} % of the map's pixels shown`;
  return {
    score: scoreOf(target, opened),
    masking: `${BLANK_WORDS[blank]}, ${part}${mask}`,
    deletion: `to ${BLANK_WORDS[deletionBlank]}, in ${steps} steps`,
    insertion: `into ${BLANK_WORDS[insertionBlank]}, in ${steps} steps`,
    groups: `${groups} equal groups, each hidden by itself by ${BLANK_WORDS.mean}`,
    perturbation: `to ${BLANK_WORDS.black}`,
  };
}
