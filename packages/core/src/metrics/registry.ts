import { INSTANCE_COVER, INSTANCE_DELTA } from "./instance-recall.js";
import { IOU_THRESHOLD } from "./localization.js";

/**
 * What a measure needs in addition to pictures and maps:
 * - `objects`: where the class's objects are
 * - `instances`: where each single object is
 * - `other-objects`: where the class's objects and those of other classes are
 * - `masks`: where the class's objects are, by their outlines
 * - `probability`: that what is explained has a probability
 * - `curves`: what is explained, while parts of the picture are hidden
 * - `class-curves`: whether the class is the predicted one, while parts of the picture are hidden
 */
export type MeasureNeed =
  | "probability"
  | "objects"
  | "instances"
  | "other-objects"
  | "masks"
  | "curves"
  | "class-curves";

/** How pictures were changed for a run, in words, since libraries differ most in this. */
export interface MeasureVariant {
  /** What is measured, such as `the class's probability`. */
  readonly score: string;
  /** How a map masks a picture, such as `black in raw pixels, map min-max to [0, 1]`. */
  readonly masking: string;
  /** What deleted pixels become, in how many steps, such as `to 0 after preprocessing, in 32 steps`. */
  readonly deletion: string;
  /** What pixels are before they are inserted, such as `into the blurred picture, in 32 steps`. */
  readonly insertion: string;
  /** Into how many groups SaCo divides the pixels, and what hidden ones become, such as `10 equal groups, each hidden by itself by the picture's mean color`. */
  readonly groups: string;
  /** What perturbed pixels become, such as `to black in raw pixels`. */
  readonly perturbation: string;
}

/** A measure of maps of single pictures. */
export interface Measure {
  /** Its name in tables. */
  readonly title: string;
  /** What it asks of a map, for those who do not know its name. */
  readonly question: string;
  /** Of single values and means: percent, a fraction from 0 to 1, or a coefficient from -1 to 1. */
  readonly unit: "%" | "share" | "coefficient";
  /** The lowest and highest possible value, if what is measured is a probability. */
  readonly range: readonly [low: number, high: number];
  /** Which values are better. */
  readonly better: "higher" | "lower";
  readonly needs: MeasureNeed;
  /** What it measures, in one sentence that names the variant. */
  readonly definition: (variant: MeasureVariant) => string;
  /** Paper, year and section. */
  readonly source: string;
}

const percent = { unit: "%", range: [0, 100] } as const;
const share = { unit: "share", range: [0, 1] } as const;

const coefficient = { unit: "coefficient", range: [-1, 1] } as const;

const CHEFER = "Chefer et al. 2021 (CVPR), section 4.1";

const GRAD_CAM_PLUS_PLUS = "Chattopadhay et al. 2018";

function locAt(delta: number): Measure {
  return {
    title: `Loc(${delta})`,
    question: `Does the map cover the object where it is above ${delta}?`,
    ...share,
    better: "higher",
    needs: "objects",
    definition: () =>
      `area of the map inside the class's objects by the area of both together, the map being where its values, min-max to [0, 1], are above ${delta}`,
    source: `${GRAD_CAM_PLUS_PLUS}, eq. 26`,
  };
}

/** @param order which pixels are hidden first */
function perturbation(
  title: string,
  order: string,
  { question, better }: Pick<Measure, "question" | "better">,
): Measure {
  return {
    title,
    question,
    ...share,
    better,
    needs: "class-curves",
    definition: ({ perturbation }) =>
      `area by trapezoids under the share of pictures whose class is the most probable one as 10 % to 90 % of the pixels are hidden in steps of 10 % (${perturbation}), those of the map's ${order} values first, divided by its width`,
    source: CHEFER,
  };
}

/** Every measure of single pictures, in the order in which tables show them. */
export const measures = {
  averageDrop: {
    title: "Average Drop",
    question: "Does the part that the map shows keep the class probable?",
    ...percent,
    better: "lower",
    needs: "probability",
    definition: ({ masking }) =>
      `fall of the class's probability when the map masks the picture (${masking}), in percent of that on the whole picture, 0 where it does not fall; mean over all pictures`,
    source: GRAD_CAM_PLUS_PLUS,
  },
  increaseInConfidence: {
    title: "Increase in Confidence",
    question: "Does the part that the map shows make the class more probable?",
    ...percent,
    better: "higher",
    needs: "probability",
    definition: ({ masking }) =>
      `share of all pictures whose class is strictly more probable when the map masks the picture (${masking})`,
    source: GRAD_CAM_PLUS_PLUS,
  },
  loc0: locAt(0),
  loc25: locAt(0.25),
  loc50: locAt(0.5),
  iou: {
    title: "IoU",
    question: "Does the upper half of the map cover the object?",
    ...share,
    better: "higher",
    needs: "objects",
    definition: () =>
      `intersection over union of the class's objects with where the map, min-max to [0, 1], is above ${IOU_THRESHOLD}; mean over pictures`,
    source: "Lee et al. 2021",
  },
  pointing: {
    title: "Pointing game",
    question: "Is the highest point of the map on the object?",
    ...share,
    better: "higher",
    needs: "objects",
    definition: () =>
      "share of pictures on which the first of the map's maxima lies on an object of the class, without tolerance around it",
    source: "Zhang et al. 2018",
  },
  energyPointing: {
    title: "Energy pointing",
    question: "How much of the map is on the object?",
    ...share,
    better: "higher",
    needs: "objects",
    definition: () =>
      "share of the sum of the map's values above zero, on its own scale, that lies on the class's objects; 0 where none is above zero",
    source: "Wang et al. 2020, section 4.3",
  },
  deletion: {
    title: "Deletion AUC",
    question: "Does the score fall early as what the map marks is deleted?",
    ...share,
    better: "lower",
    needs: "curves",
    definition: ({ score, deletion }) =>
      `area by trapezoids under ${score} as pixels are deleted, those of the map's largest values first (${deletion})`,
    source: "Petsiuk et al. 2018, section 4.2",
  },
  insertion: {
    title: "Insertion AUC",
    question: "Does the score rise early as what the map marks is inserted?",
    ...share,
    better: "higher",
    needs: "curves",
    definition: ({ score, insertion }) =>
      `area by trapezoids under ${score} as pixels are inserted, those of the map's largest values first (${insertion})`,
    source: "Petsiuk et al. 2018, section 4.2",
  },
  saco: {
    title: "SaCo",
    question: "Do parts of the picture matter as much as the map says?",
    ...coefficient,
    better: "higher",
    needs: "curves",
    definition: ({ score, groups }) =>
      `agreement of the map with what each part does: of all pairs of groups of pixels by their rank (${groups}), the difference of their means in the map, positive if ${score} falls at least as far without the group of larger values as without the other, negative if not; their sum by the sum of their sizes`,
    source: "Wu et al. 2024, algorithm 1",
  },
  positivePerturbation: perturbation("Positive perturbation", "largest", {
    question: "Is the class lost early if what the map marks is hidden first?",
    better: "lower",
  }),
  negativePerturbation: perturbation("Negative perturbation", "smallest", {
    question: "Is the class kept long if what the map leaves out is hidden first?",
    better: "higher",
  }),
  pixelAccuracy: {
    title: "Pixel accuracy",
    question: "Are pixels of the object, and no others, above the mean of the map?",
    ...share,
    better: "higher",
    needs: "masks",
    definition: () =>
      "share of the pixels that are on the class's objects where the map is above its mean, and off them where it is not",
    source: CHEFER,
  },
  meanIou: {
    title: "mIoU",
    question: "Do object and surroundings each agree with the halves of the map?",
    ...share,
    better: "higher",
    needs: "masks",
    definition: () =>
      "mean of two intersections over unions: of the class's objects with where the map is above its mean, and of the rest with the rest; mean over pictures",
    source: CHEFER,
  },
  averagePrecision: {
    title: "mAP",
    question: "Do pixels of the object rank above the others?",
    ...share,
    better: "higher",
    needs: "masks",
    definition: () =>
      "average precision of pixels for both answers: on the class's objects by the map, min-max to [0, 1], and off them by 1 minus that; mean over pictures",
    source: CHEFER,
  },
  instanceRecall: {
    title: "Instance recall",
    question: "Are all objects of the class found?",
    ...share,
    better: "higher",
    needs: "instances",
    definition: () =>
      `share of the class's objects in a picture on at least ${INSTANCE_COVER} of whose pixels the map, min-max to [0, 1], is above ${INSTANCE_DELTA}; mean over pictures`,
    source: `Limn's own, for what ${GRAD_CAM_PLUS_PLUS} claim`,
  },
  otherClassLeak: {
    title: "Other-class leak",
    question: "How much of the map is on objects of other classes?",
    ...share,
    better: "lower",
    needs: "other-objects",
    definition: () =>
      "share of the sum of the map's values above zero, on its own scale, that lies on objects of other classes and not on the class's own; left out if none is above zero",
    source: "Limn's own, by the sums of Wang et al. 2020, section 4.3",
  },
} as const satisfies Record<string, Measure>;

/** The name of a measure. */
export type MeasureName = keyof typeof measures;
