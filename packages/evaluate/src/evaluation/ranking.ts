import { type Estimate, type MeasureName, measures } from "@limn/core";
import type { Means, PairedMeasure, Pairs } from "./figures.js";
import { RANDOM } from "./settings.js";

/** Maps in the order of a measure, the best first, and how sure that is. */
export interface Ranking {
  readonly by: MeasureName;
  /** Without the random map, and without maps that have no value. */
  readonly order: readonly { readonly name: string; readonly estimate: Estimate }[];
  /** The best less each other map, the random one too, picture by picture. */
  readonly lead: Readonly<Record<string, PairedMeasure>>;
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
  const lead = names.flatMap((other): [string, PairedMeasure][] => {
    const paired = pairs[best]?.[other]?.[by] ?? turned(pairs[other]?.[best]?.[by]);
    return paired ? [[other, paired]] : [];
  });
  return { by, order, lead: Object.fromEntries(lead) };
}

/** The same comparison with the second map first. */
function turned(paired: PairedMeasure | undefined): PairedMeasure | undefined {
  if (!paired) return undefined;
  const { mean, low, high, n } = paired.difference;
  return { difference: { mean: -mean, low: -high, high: -low, n }, p: paired.p };
}

/** A p-value as tables show it. */
export const pInWords = (p: number): string => (p < 0.001 ? "< 0.001" : p.toFixed(3));

/** The best map with its interval, its lead over the second and over the random one, in one line. */
export function rankingInWords({ by, order, lead }: Ranking): string {
  const { title, unit } = measures[by];
  const number = (value: number) => value.toFixed(unit === "%" ? 1 : 3);
  const [best, second] = order as [Ranking["order"][number], Ranking["order"][number]?];
  const { mean, low, high, n } = best.estimate;
  const leads = [second?.name, RANDOM].flatMap((name) => {
    const paired = name === undefined ? undefined : lead[name];
    if (!paired) return [];
    const { mean: difference } = paired.difference;
    const word = difference < 0 ? "below" : "above";
    const [from, to] = [paired.difference.low, paired.difference.high].map((v) => (difference < 0 ? -v : v)) as [
      number,
      number,
    ];
    const interval = `[${number(Math.min(from, to))}, ${number(Math.max(from, to))}]`;
    return [
      `${number(Math.abs(difference))} ${interval} ${word} ${name}, p ${paired.p < 0.001 ? "" : "= "}${pInWords(paired.p)}`,
    ];
  });
  return [
    `best by ${title}: ${best.name}, ${number(mean)} [${number(low)}, ${number(high)}] over ${n} pictures`,
    ...leads,
  ].join("; ");
}
