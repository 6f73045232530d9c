/** What a report says before everything else, as its text: the same in HTML, JSON and the terminal. */
export interface Conclusion {
  /** The verdict, in one line without a period. */
  readonly says: string;
  /** What it rests on, and what is noise, in sentences. */
  readonly because: readonly string[];
  /** How a difference is told from noise, in sentences; empty if nothing was compared. */
  readonly test: string;
}

/** `a`, `a and b`, `a, b and c`; of many, the first ones and how many more. */
export function listed(names: readonly string[], most = 6): string {
  const shown = names.length > most ? names.slice(0, most - 1) : names;
  const parts = shown.length < names.length ? [...shown, `${names.length - shown.length} others`] : shown;
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}

/** The same text with its first letter as at the beginning of a sentence. */
export const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** The level of the tests that conclusions rest on. */
export const LEVEL = 0.05;

/** A p-value as tables show it. */
export const pInWords = (p: number): string => (p < 0.001 ? "< 0.001" : p.toFixed(3));

/** A p-value in a sentence. */
export const withP = (p: number): string => `p ${p < 0.001 ? "" : "= "}${pInWords(p)}`;
