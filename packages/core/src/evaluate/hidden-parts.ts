import type { Blank } from "./blank.js";

/**
 * A picture of which a part is hidden: the pixels of some ranks, by the order of a map. Every measure that asks what the
 * model says of changed pictures is a list of these.
 */
export interface HiddenPart {
  /** The first rank that is hidden, and the first after it that shows, as fractions of all pixels: 0 for the map's largest value. */
  readonly from: number;
  readonly to: number;
  /** What hidden pixels become. */
  readonly blank: Blank;
}

/** Pictures from whole to empty, from the map's largest values on: steps + 1 of them. */
export const deleted = (steps: number, blank: Blank): HiddenPart[] =>
  counted(steps + 1, (k) => ({ from: 0, to: k / steps, blank }));

/** Pictures from empty to whole, from the map's largest values on: steps + 1 of them. */
export const inserted = (steps: number, blank: Blank): HiddenPart[] =>
  counted(steps + 1, (k) => ({ from: k / steps, to: 1, blank }));

/** Each of K equal groups of pixels by itself, that of the largest values first; the last picture is whole. */
export const oneByOne = (K: number, blank: Blank): HiddenPart[] => [
  ...counted(K, (i) => ({ from: i / K, to: (i + 1) / K, blank })),
  { from: 0, to: 0, blank },
];

/** Of ten equal groups, 1 to 9 are hidden, from the largest values on. */
export const mostRelevantHidden = (blank: Blank): HiddenPart[] =>
  counted(PERTURBATION_STEPS, (k) => ({ from: 0, to: (k + 1) / (PERTURBATION_STEPS + 1), blank }));

/** Of ten equal groups, 1 to 9 are hidden, from the smallest values on. */
export const leastRelevantHidden = (blank: Blank): HiddenPart[] =>
  counted(PERTURBATION_STEPS, (k) => ({ from: 1 - (k + 1) / (PERTURBATION_STEPS + 1), to: 1, blank }));

/** Perturbation hides 10 % to 90 % of the pixels, in steps of 10 % (Chefer et al. 2021, section 4.1). */
const PERTURBATION_STEPS = 9;

const counted = (length: number, part: (k: number) => HiddenPart): HiddenPart[] =>
  Array.from({ length }, (_, k) => part(k));
