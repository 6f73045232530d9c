import { didYouMean, LimnError } from "@limn/core";
import { CLASS_NAMES, type ClassName, drawingsOf } from "./classes.js";
import { FAMILY_NAMES, type FamilyName, SEEN_FAMILIES } from "./families.js";

/** From the first to the second, both included. */
export type Range = readonly [least: number, most: number];

/** What scenes show. */
export interface SceneOptions {
  /** A whole number from 0 to 2^32 - 1. The same seed and options give the same scenes. Default 0. */
  readonly seed?: number;
  /** Width and height in pixels, 32 to 1024. Default 128. */
  readonly size?: number;
  /** The classes that scenes are labeled with, and that their other objects are of. Default: all. */
  readonly classes?: readonly string[];
  /** The families of drawings. Default: those that the embedded models learned from. */
  readonly families?: readonly string[];
  /** How many objects of the labeled class, 1 to 5. Default [1, 3]. */
  readonly instances?: Range;
  /** How many objects of other classes, 0 to 4. Default [0, 2]. */
  readonly others?: Range;
  /** The longer side of an object as a share of the picture's, 0.15 to 0.8. Default [0.15, 0.8]. */
  readonly scale?: Range;
  /** How many things of no class, behind the objects and before them, 0 to 12. Default [0, 5]. */
  readonly clutter?: Range;
}

/** Options with every default filled in. */
export interface SceneSettings {
  readonly seed: number;
  readonly size: number;
  readonly classes: readonly ClassName[];
  readonly families: readonly FamilyName[];
  readonly instances: Range;
  readonly others: Range;
  readonly scale: Range;
  readonly clutter: Range;
}

/** The least and the most of each option. */
export const LIMITS = {
  seed: [0, 2 ** 32 - 1],
  size: [32, 1024],
  instances: [1, 5],
  others: [0, 4],
  scale: [0.15, 0.8],
  clutter: [0, 12],
} as const satisfies Record<string, Range>;

/**
 * Checks options and fills in the defaults.
 * @throws LimnError `bad-option` that names the option, its value and what it may be
 */
export function settingsOf(options: SceneOptions = {}): SceneSettings {
  const { seed = 0, size = 128, instances = [1, 3], others = [0, 2], scale = LIMITS.scale, clutter = [0, 5] } = options;
  const settings = {
    seed: whole("seed", seed, LIMITS.seed),
    size: whole("size", size, LIMITS.size),
    classes: known("class", options.classes ?? CLASS_NAMES, CLASS_NAMES),
    families: known("family", options.families ?? SEEN_FAMILIES, FAMILY_NAMES),
    instances: wholeRange("instances", instances, LIMITS.instances),
    others: wholeRange("others", others, LIMITS.others),
    scale: range("scale", scale, LIMITS.scale),
    clutter: wholeRange("clutter", clutter, LIMITS.clutter),
  };
  checkDrawings(settings);
  if (settings.classes.length === 1 && settings.others[1] > 0) {
    throw invalid(
      "others",
      others,
      `"${settings.classes[0]}" is the only class, so there are no objects of others; name more classes, or give 0`,
    );
  }
  return settings;
}

const invalid = (option: string, value: unknown, reason: string): LimnError =>
  new LimnError("bad-option", `scenes: ${option} ${JSON.stringify(value)}: ${reason}`);

function whole(option: string, value: number, limits: Range): number {
  if (!Number.isInteger(value)) throw invalid(option, value, "give a whole number");
  return within(option, value, limits);
}

function within(option: string, value: number, [least, most]: Range): number {
  if (value >= least && value <= most) return value;
  throw invalid(option, value, `give ${least} to ${most}`);
}

function range(option: string, value: Range, limits: Range): Range {
  const [least, most] = value.map((end) => within(option, end, limits)) as [number, number];
  if (least <= most) return [least, most];
  throw invalid(option, value, "the first number must not be larger than the second");
}

function wholeRange(option: string, value: Range, limits: Range): Range {
  const [least, most] = range(option, value, limits);
  return [whole(option, least, limits), whole(option, most, limits)];
}

function known<T extends string>(kind: string, names: readonly string[], all: readonly T[]): readonly T[] {
  const unknown = names.find((name) => !all.includes(name as T));
  if (unknown !== undefined) {
    throw new LimnError("bad-option", `scenes: there is no ${kind} "${unknown}"; ${didYouMean(unknown, all)}`);
  }
  if (names.length === 0)
    throw new LimnError("bad-option", `scenes: no ${kind} is named; name one or more, or leave the option out`);
  return all.filter((name) => names.includes(name));
}

function checkDrawings({ classes, families }: Pick<SceneSettings, "classes" | "families">): void {
  const missing = classes.find((name) => families.every((family) => drawingsOf(name, family).length === 0));
  if (missing === undefined) return;
  throw new LimnError(
    "bad-option",
    `scenes: ${families.join(" and ")} ${families.length === 1 ? "has" : "have"} no drawing of "${missing}"; add a family, or leave the class out`,
  );
}
