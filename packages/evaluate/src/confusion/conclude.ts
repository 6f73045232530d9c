import { bootstrapMeans, CONFIDENCE, type Estimate, fisherExact, holm } from "@limn/core";
import { type Conclusion, capitalized, LEVEL, listed, withP } from "../conclusion.js";
import { type Confusion, cellsOf, frequentMistakes } from "../evaluation/confusion.js";

/** Whether a class is mistaken more often than chance would have it. */
export interface TestedClass {
  readonly class: number;
  /** How many of its pictures were classified, and how many of them were mistaken. */
  readonly size: number;
  readonly mistakes: number;
  /** Fisher's exact test against all other classes, corrected for the number of classes (Holm 1979). */
  readonly corrected: number;
}

/** The same, and how often the class is recognized. */
export interface ClassRecall extends TestedClass {
  /** The share of its pictures that are recognized. */
  readonly recall: Estimate;
}

/** Seed of the bootstrap's draws. */
const SEED = 0;

/** The labeled classes that have mistakes, the least likely by chance first. */
export function testedClasses({ classes, oneVersusRest, items }: Confusion): TestedClass[] {
  const allMarked = items.filter(({ label, predicted }) => label !== predicted).length;
  const labeled = classes.flatMap((index, position) => {
    const { truePositives = 0, falseNegatives: mistakes = 0 } = oneVersusRest[position] ?? {};
    const size = truePositives + mistakes;
    if (size === 0) return [];
    const p = fisherExact({ marked: mistakes, size, allMarked, all: items.length });
    return [{ class: index, size, mistakes, p }];
  });
  const corrected = holm(labeled.map(({ p }) => p));
  return labeled
    .map((one, i) => ({ ...one, corrected: corrected[i] as number }))
    .filter(({ mistakes }) => mistakes > 0)
    .sort((a, b) => a.p - b.p || a.class - b.class)
    .map(({ p: _, ...one }) => one);
}

/** The first of `testedClasses`, with their recalls. @param most how many at most: each takes a bootstrap of its own */
export function classRecalls(confusion: Confusion, most: number): ClassRecall[] {
  const shown = testedClasses(confusion).slice(0, most);
  const recalls = bootstrapMeans(
    shown.map((one) =>
      Float64Array.from(confusion.items, (item) => (item.label === one.class ? rightOf(item) : Number.NaN)),
    ),
    { seed: SEED },
  );
  return shown.map((one, i) => ({ ...one, recall: recalls[i] as Estimate }));
}

/** The share of pictures that are recognized. */
export const accuracyOf = ({ items }: Confusion): Estimate =>
  bootstrapMeans([Float64Array.from(items, rightOf)], { seed: SEED })[0] as Estimate;

const rightOf = ({ label, predicted }: Confusion["items"][number]): number => (label === predicted ? 1 : 0);

/** How often the model is wrong, about which classes more than about others, and what of that is noise. */
export function confusionConclusion(confusion: Confusion, nameOf: (index: number) => string): Conclusion {
  const { items } = confusion;
  const mistakes = items.filter(({ label, predicted }) => label !== predicted).length;
  if (items.length === 0) return { says: "No picture could be classified", because: [], test: "" };
  const { mean, low, high } = accuracyOf(confusion);
  const percent = (share: number) => (100 * share).toFixed(1);
  const accuracy = `${percent(mean)} % [${percent(low)}, ${percent(high)}] of ${items.length} pictures are classified as labeled`;
  if (mistakes === 0) return { says: `All ${items.length} pictures are classified as labeled`, because: [], test: "" };
  const tested = testedClasses(confusion);
  const apart = tested.filter(({ corrected }) => corrected < LEVEL);
  const names = listed(
    apart.map((one) => nameOf(one.class)),
    4,
  );
  const labels = new Set(items.map(({ label }) => label)).size;
  const [most] = frequentMistakes(cellsOf(confusion));
  const kinds = frequentMistakes(cellsOf(confusion)).length;
  const sentences = [
    accuracy,
    ...apart.slice(0, 3).map(({ class: index, mistakes: wrong, size, corrected }) => {
      return `${nameOf(index)}: ${wrong} of ${size} are mistaken, ${withP(corrected)}`;
    }),
    most &&
      (most.count > 1
        ? `the most frequent mistake: ${nameOf(most.label)} is taken for ${nameOf(most.predicted)}, ${most.count} times`
        : `no mistake is made twice: ${kinds} kinds of them`),
    apart.length < tested.length &&
      `noise: how often ${apart.length > 0 ? "the other" : "all"} classes are mistaken differs no more than by chance`,
  ];
  return {
    says: `${mistakes} of ${items.length} pictures are mistaken, ${apart.length > 0 ? `${names} more often than the others` : "no class more often than the others"}`,
    because: sentences.flatMap((sentence) => (sentence ? [`${capitalized(sentence)}.`] : [])),
    test: `A class counts if Fisher's exact test, one-sided, of its mistakes against those of all others has p < ${LEVEL}, corrected for ${labels} classes (Holm 1979). Intervals are of ${100 * CONFIDENCE} %.`,
  };
}
