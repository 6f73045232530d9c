import type { FamilyName } from "./families.js";

/** Names of drawings by class; not every family has each. */
const DRAWINGS = {
  airplane: ["airplane", "small-airplane"],
  bicycle: ["bicycle"],
  bird: ["bird", "bird-1", "bird-2", "black-bird", "duck", "parrot"],
  bus: ["bus"],
  car: ["automobile", "oncoming-automobile"],
  cat: ["cat", "cat-face", "black-cat"],
  dog: ["dog", "dog-face", "poodle"],
  elephant: ["elephant"],
  fish: ["fish", "tropical-fish"],
  guitar: ["guitar"],
  horse: ["horse", "horse-face"],
  mushroom: ["mushroom"],
  sailboat: ["sailboat"],
  snail: ["snail"],
  turtle: ["turtle"],
  umbrella: ["umbrella"],
} as const satisfies Record<string, readonly string[]>;

export type ClassName = keyof typeof DRAWINGS;

/** The 16 classes in alphabetical order, which is the order of the embedded models' outputs and of class folders. */
export const CLASS_NAMES = Object.keys(DRAWINGS) as readonly ClassName[];

/** Drawings of things that are of no class. */
const CLUTTER = [
  "alarm-clock",
  "balloon",
  "bell",
  "banana",
  "basketball",
  "books",
  "cactus",
  "crown",
  "green-apple",
  "hammer",
  "high-heeled-shoe",
  "key",
  "light-bulb",
  "maple-leaf",
  "soccer-ball",
  "sunflower",
  "top-hat",
  "wrapped-gift",
] as const;

/** Drawings that show more than the thing itself: a sky, the sea around a duck, notes around a guitar. */
const UNFIT: Partial<Record<FamilyName, readonly string[]>> = {
  emojione: ["duck"],
  fxemoji: ["sailboat"],
  streamline: ["guitar"],
};

export const drawingsOf = (name: ClassName, family: FamilyName): readonly string[] => fit(DRAWINGS[name], family);

export const clutterOf = (family: FamilyName): readonly string[] => fit(CLUTTER, family);

/** The names of all drawings of a family that scenes use, if the family has them. */
export const allDrawingsOf = (family: FamilyName): readonly string[] => [
  ...CLASS_NAMES.flatMap((name) => drawingsOf(name, family)),
  ...clutterOf(family),
];

const fit = (names: readonly string[], family: FamilyName): readonly string[] =>
  names.filter((name) => !UNFIT[family]?.includes(name));
