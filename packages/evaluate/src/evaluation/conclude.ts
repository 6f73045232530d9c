import { type MeasureName, measures } from "@limn/core";
import { type Conclusion, capitalized, LEVEL, listed } from "../conclusion.js";
import type { Pairs } from "./figures.js";
import { bestOf, figureOf, intervalOf, leadInWords, type RankedMap, type Ranking, type Rankings } from "./ranking.js";

/**
 * The measures that decide if none is asked for: the first that the data has. SaCo asks of every part of the picture
 * whether it matters as much as the map says. Of the others, where the object is comes before what rewards large maps.
 */
const DECIDING: readonly MeasureName[] = ["saco", "iou", "insertion", "averageDrop"];

function decidingMeasure(rankings: Rankings, asked?: MeasureName): MeasureName | undefined {
  if (asked !== undefined) return rankings[asked] ? asked : undefined;
  const names = Object.keys(rankings) as MeasureName[];
  return DECIDING.find((name) => rankings[name]) ?? names[0];
}

/** The conclusion of an evaluation. */
export interface MeasuredConclusion extends Conclusion {
  /** The measure that it goes by; null if nothing was measured. */
  readonly by: MeasureName | null;
}

/**
 * Which map is best by a measure, by how much, and what is noise.
 * @param asked the measure that maps are to be ranked by, if one was asked for
 */
export function conclusionOf(rankings: Rankings, pairs: Pairs, asked?: MeasureName): MeasuredConclusion {
  const by = decidingMeasure(rankings, asked);
  const ranking = by && rankings[by];
  if (!by || !ranking) return { by: null, says: "Nothing could be measured", because: [], test: "" };
  const compared = Object.values(pairs).flatMap((others) =>
    Object.values(others).filter((measured) => measured[by]?.difference.n),
  );
  const [first] = ranking.order as [RankedMap];
  const test = compared.length > 0 ? testInWords(compared.length, first.estimate.n) : "";
  return { by, says: headline(ranking), because: reasons(ranking), test };
}

function reasons(ranking: Ranking): string[] {
  const { by, order, lead } = ranking;
  const [first] = order as [RankedMap];
  const { title, question } = measures[by];
  const named = (stands: string) => order.filter((map) => map.stands === stands).map(({ name }) => name);
  const [same, noise, worse] = ["same", "noise", "worse"].map(named) as [string[], string[], string[]];
  const { estimate } = first;
  const overOf = (names: readonly string[]) =>
    names.flatMap((name) => (lead[name] ? [leadInWords(by, name, lead[name])] : []));
  const reach = `over ${estimate.n} pictures, ${first.name} reaches ${figureOf(by, estimate.mean)} ${intervalOf(by, estimate)}`;
  const sentences = [
    `${title} asks: ${question}`,
    [reach, ...overOf(worse.slice(0, 1))].join(", "),
    same.length > 0 && `the same, except for rounding: ${listed([first.name, ...same])}`,
    noise.length > 0 && `noise: the lead of ${first.name} over ${listed(noise)}; the smallest is ${overOf(noise)[0]}`,
    worse.length > 1 && `worse: ${listed(worse)}`,
    againstRandom(ranking),
  ];
  return sentences.flatMap((sentence) => (sentence ? [stopped(capitalized(sentence))] : []));
}

const stopped = (sentence: string): string => (/[.?]$/.test(sentence) ? sentence : `${sentence}.`);

/** How many names fit a heading. */
const MOST_NAMED = 3;

function headline(ranking: Ranking): string {
  const { by, order } = ranking;
  const [first] = order;
  const { title } = measures[by];
  const best = bestOf(ranking);
  if (first && order.length === 1) {
    if (first.beatsRandom === null) return `${first.name} has nothing to be compared with`;
    return `${first.name} ${first.beatsRandom ? "is better than" : "can't be told from"} a random map by ${title}`;
  }
  if (best.length > 0) return `${listed(best)} ${best.length > 1 ? "are" : "is"} best by ${title}`;
  const close = order.filter(({ stands }) => stands !== "worse").map(({ name }) => name);
  if (close.length === order.length) return `No map is best by ${title}: all differences are noise`;
  return close.length <= MOST_NAMED
    ? `${listed(close)} lead by ${title}, and can't be told apart`
    : `${first?.name} leads by ${title}, but ${close.length - 1} others can't be told from it`;
}

function againstRandom({ order }: Ranking): string | false {
  const known = order.filter(({ beatsRandom }) => beatsRandom !== null);
  if (known.length === 0) return false;
  const failing = known.filter(({ beatsRandom }) => !beatsRandom).map(({ name }) => name);
  if (failing.length === 0) return order.length > 1 && "all are better than a random map";
  return failing.length === known.length
    ? "none can be told from a random map: by this measure, no map is known to say anything here"
    : `not to be told from a random map: ${listed(failing)}`;
}

/** How differences are told from noise; and how many pictures that takes, if there are too few. */
function testInWords(pairs: number, pictures: number): string {
  // the smallest p of n pairs is 2^(1 - n), and the smallest of all is multiplied by their number
  const needed = Math.ceil(1 + Math.log2(pairs / LEVEL));
  const rule = `A difference counts if Wilcoxon's signed-rank test, picture by picture, has p < ${LEVEL}, corrected for ${pairs === 1 ? "the only pair" : `all ${pairs} pairs`} (Holm 1979), and its interval leaves out 0`;
  const few = pictures < needed ? ` That takes ${needed} pictures or more, and here are ${pictures}.` : "";
  return `${rule}.${few} The first map was chosen on these pictures, so its figure is a little high.`;
}
