import { distance } from "fastest-levenshtein";

/** The difference of two names if one holds the other, or has its letters in another order: less than most misspellings. */
const CONTAINED = 0.2;

/** The entries nearest to what was typed, best first, for "did you mean" lines. */
export function nearMatches(typed: string, known: Iterable<string>, count = 3): string[] {
  const wanted = typed.toLowerCase();
  const scored = [...new Set(known)].map((name) => {
    const lower = name.toLowerCase();
    const contained = wanted.length > 1 && (lower.includes(wanted) || wanted.includes(lower));
    const difference = distance(wanted, lower) / Math.max(wanted.length, lower.length, 1);
    // two swapped letters count as two mistakes, which is much for a short name
    const near = contained || letters(wanted) === letters(lower);
    return { name, score: near ? Math.min(difference, CONTAINED) : difference };
  });
  return scored
    .filter(({ score }) => score <= 0.5)
    .sort((a, b) => a.score - b.score)
    .slice(0, count)
    .map(({ name }) => name);
}

const letters = (name: string): string => [...name].sort().join("");

/** The end of an error text: near matches or, if there are none, the whole list if it is short, else nothing. */
export function didYouMean(typed: string, known: Iterable<string>): string {
  const all = [...known];
  const near = nearMatches(typed, all);
  if (near.length > 0) return `did you mean ${near.map((n) => `"${n}"`).join(" or ")}?`;
  return all.length <= 30 ? `choose one of ${all.join(", ")}` : "";
}
