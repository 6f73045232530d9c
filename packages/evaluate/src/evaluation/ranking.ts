import { type Estimate, type MeasureName, measures } from "@limn/core";
import { LEVEL, withP } from "../conclusion.js";
import type { Means, PairedMeasure, Pairs } from "./figures.js";
import { RANDOM } from "./settings.js";

/**
 * How a map stands to the one with the best mean:
 * - `first`: it is this one
 * - `same`: it has the same values, except for rounding
 * - `noise`: the paired test does not tell them apart
 * - `worse`: the paired test does
 */
export type Standing = "first" | "same" | "noise" | "worse";

export interface RankedMap {
  readonly name: string;
  readonly estimate: Estimate;
  readonly stands: Standing;
  /** Whether the paired test finds it better than the random map; null if there is none. */
  readonly beatsRandom: boolean | null;
}

/** Maps in the order of a measure, the best first, and how sure that is. */
export interface Ranking {
  readonly by: MeasureName;
  /** Without the random map, and without maps that have no value. */
  readonly order: readonly RankedMap[];
  /** The best less each other map, the random one too, picture by picture. */
  readonly lead: Readonly<Record<string, PairedMeasure>>;
}

export type Rankings = { readonly [Name in MeasureName]?: Ranking };

/** Means that differ by so small a share of the measure's range are the same: that much is rounding on some networks. */
const ROUNDING = 1e-3;

/**
 * What the comparison of two maps says. A difference counts if the corrected p-value is below the level and the interval of
 * the mean difference leaves out 0: the test alone asks for the middle of the differences, and could name the other side.
 */
export function standingOf({ difference: { low, high }, corrected }: PairedMeasure, by: MeasureName): Standing {
  const [lowest, highest] = measures[by].range;
  if (Math.max(-low, high) <= ROUNDING * (highest - lowest)) return "same";
  return corrected < LEVEL && (low > 0 || high < 0) ? "worse" : "noise";
}

/**
 * Ranks maps by their means.
 * @returns null if no map has a value
 */
export function rankingOf(
  { methods, pairs }: { readonly methods: Means; readonly pairs: Pairs },
  by: MeasureName,
): Ranking | null {
  const names = Object.keys(methods);
  const sign = measures[by].better === "higher" ? -1 : 1;
  const order = names
    .flatMap((name) => {
      const estimate = methods[name]?.[by];
      return estimate && name !== RANDOM ? [{ name, estimate }] : [];
    })
    .sort((a, b) => sign * (a.estimate.mean - b.estimate.mean));
  const best = order[0]?.name;
  if (best === undefined) return null;
  const leadOver = (first: string, second: string) => pairOf(pairs, first, second, by);
  const beatsRandom = (name: string): boolean | null => {
    const lead = leadOver(name, RANDOM);
    return lead ? standingOf(lead, by) === "worse" && sign * lead.difference.mean < 0 : null;
  };
  const lead = names.flatMap((other): [string, PairedMeasure][] => {
    const paired = leadOver(best, other);
    return paired ? [[other, paired]] : [];
  });
  const standings = new Map(lead.map(([name, paired]) => [name, standingOf(paired, by)]));
  return {
    by,
    order: order.map((one) => ({
      ...one,
      stands: one.name === best ? "first" : (standings.get(one.name) ?? "noise"),
      beatsRandom: beatsRandom(one.name),
    })),
    lead: Object.fromEntries(lead),
  };
}

/** The comparison of two maps by a measure, the first less the second; undefined if they were not compared. */
export const pairOf = (pairs: Pairs, first: string, second: string, by: MeasureName): PairedMeasure | undefined =>
  pairs[first]?.[second]?.[by] ?? turned(pairs[second]?.[first]?.[by]);

/** The same comparison with the second map first. */
function turned(paired: PairedMeasure | undefined): PairedMeasure | undefined {
  if (!paired) return undefined;
  const { mean, low, high, n } = paired.difference;
  return { ...paired, difference: { mean: -mean, low: -high, high: -low, n } };
}

/** The maps that the tests find better than all others: none if one can't be told from the first, or if there is no other. */
export function bestOf({ order }: Ranking): string[] {
  const stands = (which: Standing) => order.filter((map) => map.stands === which);
  if (stands("noise").length > 0 || stands("worse").length === 0) return [];
  return [...stands("first"), ...stands("same")].map(({ name }) => name);
}

/** A measure's figure in words. */
export const figureOf = (by: MeasureName, value: number): string =>
  measures[by].unit === "%" ? `${value.toFixed(1)} %` : value.toFixed(3);

/** An interval in words. */
export const intervalOf = (by: MeasureName, { low, high }: Pick<Estimate, "low" | "high">): string => {
  const digits = measures[by].unit === "%" ? 1 : 3;
  return `[${low.toFixed(digits)}, ${high.toFixed(digits)}]`;
};

/** How far the first of two maps is from the second: `0.050 [0.020, 0.080] above lrp (p = 0.004)`. */
export function leadInWords(by: MeasureName, name: string, { difference, corrected }: PairedMeasure): string {
  const { mean, low, high } = difference;
  const [from, to] = mean < 0 ? [-high, -low] : [low, high];
  const word = mean < 0 ? "below" : "above";
  const interval = intervalOf(by, { low: from, high: to });
  return `${figureOf(by, Math.abs(mean))} ${interval} ${word} ${name} (${withP(corrected)})`;
}
