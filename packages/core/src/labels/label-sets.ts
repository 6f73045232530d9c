import type { Classifier } from "../classifier.js";
import { imageInput } from "../preprocess/image-input.js";

/** Data sets whose class names come with Limn; @limn/node has them. */
export const LABEL_SETS = ["imagenet", "imagenet-21k", "cifar-10", "cifar-100", "mnist", "coco"] as const;
export type LabelSet = (typeof LABEL_SETS)[number];

export const isLabelSet = (name: string): name is LabelSet => LABEL_SETS.includes(name as LabelSet);

/** A data set that a model was trained on by all appearances. */
export interface LabelSetGuess {
  readonly set: LabelSet;
  /** What it is guessed from, as it reads after "since". */
  readonly reason: string;
}

/** What of a classifier tells whose classes it has. */
export type LabelSetEvidence = Pick<
  Classifier,
  "classes" | "image" | "model" | "location" | "hasProbabilities" | "independent" | "ofTexts"
>;

/** A data set's classes, and what else a model of it shows. */
interface Clue {
  readonly set: LabelSet;
  /** The numbers of outputs that models of the data set have. */
  readonly classes: readonly number[];
  /** What its file is called by those who name it after its data. */
  readonly called: RegExp;
  /** Whether a model of so many classes that is called otherwise has them from there too. */
  readonly looks: (evidence: Sight) => boolean;
  readonly seen: string;
}

interface Sight {
  readonly channels: number;
  /** The shorter edge of its pictures. */
  readonly edge: number;
  readonly independent: boolean;
}

const isLarge = ({ channels, edge }: Sight): boolean => channels === 3 && edge >= 64;
const isTiny = ({ channels, edge }: Sight): boolean => channels === 3 && edge === 32;

const CLUES: readonly Clue[] = [
  { set: "imagenet", classes: [1000, 1001], called: /imagenet(?!-?(21|22)k)/i, looks: isLarge, seen: "color pictures" },
  {
    set: "imagenet-21k",
    classes: [21843, 21841],
    called: /(21|22)k/i,
    looks: isLarge,
    seen: "color pictures",
  },
  { set: "cifar-100", classes: [100], called: /cifar-?100/i, looks: isTiny, seen: "color pictures of 32 pixels" },
  { set: "cifar-10", classes: [10], called: /cifar-?10(?!0)/i, looks: isTiny, seen: "color pictures of 32 pixels" },
  {
    set: "mnist",
    classes: [10],
    called: /(?<!fashion[-_]?|[ek])mnist/i,
    looks: ({ channels, edge }) => channels === 1 && (edge === 28 || edge === 32),
    seen: "small gray pictures",
  },
  {
    set: "coco",
    classes: [80],
    called: /coco/i,
    looks: (evidence) => evidence.independent && isLarge(evidence),
    seen: "color pictures, and labels that are independent",
  },
];

/** The data set that a model without labels was trained on, by the number of its classes and its pictures, or by its name. */
export function guessLabelSet(classifier: LabelSetEvidence): LabelSetGuess | undefined {
  const { classes, image, location, hasProbabilities, independent, ofTexts } = classifier;
  if (ofTexts || !hasProbabilities) return undefined;
  const sight = sightOf(image, independent);
  const name = location.split(/[/\\]/).at(-1) ?? location;
  for (const { set, classes: counts, called, looks, seen } of CLUES) {
    if (!counts.includes(classes)) continue;
    if (called.test(name)) return { set, reason: `it has ${classes} classes, and its name says so` };
    if (sight && looks(sight)) return { set, reason: `it has ${classes} classes and takes ${seen}` };
  }
  return undefined;
}

/** Undefined if the model takes no picture. */
function sightOf({ name, dims }: Classifier["image"], independent: boolean): Sight | undefined {
  try {
    const { channels, height, width } = imageInput(name, dims);
    return { channels, edge: Math.min(height, width), independent };
  } catch {
    return undefined;
  }
}
