import { type Blank, CURVE_STEPS, type MeasureVariant } from "@limn/core";
import type { EvaluationSettings } from "./settings.js";

const BLANK_WORDS: Record<Blank, string> = {
  black: "black in raw pixels",
  zero: "0 after preprocessing",
  mean: "the picture's mean color",
  blur: "the blurred picture",
};

/** How an evaluation hides parts of pictures, in words. */
export function variantOf({ masking, curves }: Pick<EvaluationSettings, "masking" | "curves">): MeasureVariant {
  const { blank = "black", keepTop, signed = "positive" } = masking;
  const { steps = CURVE_STEPS, deletionBlank = "zero", insertionBlank = "blur" } = curves ?? {};
  const part = signed === "positive" ? "the positive part of signed maps, " : "";
  const mask = keepTop === undefined ? "map min-max to [0, 1]" : `the top ${100 * keepTop} % of the map's pixels shown`;
  return {
    masking: `${BLANK_WORDS[blank]}, ${part}${mask}`,
    deletion: `to ${BLANK_WORDS[deletionBlank]}, in ${steps} steps`,
    insertion: `into ${BLANK_WORDS[insertionBlank]}, in ${steps} steps`,
  };
}
