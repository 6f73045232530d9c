import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

export type Weight = 400 | 600;

/** A character as a font draws it, in the font's units. */
export interface Glyph {
  readonly advance: number;
  /** The data of an SVG path whose baseline is at 0. */
  readonly outline: string;
}

/** Characters that belong together. */
export interface Alphabet {
  readonly unitsPerEm: number;
  readonly glyphs: Readonly<Record<string, Glyph>>;
  /** What two characters next to each other are moved by, where they are. */
  readonly kerning: Readonly<Record<string, number>>;
}

const weights = new Map<Weight, readonly Alphabet[]>();

/**
 * Inter, from a file of this package: machines without any fonts draw the same text. No character is in two alphabets.
 * scripts/extract-font.mjs has made the file.
 */
export function alphabetsOf(weight: Weight): readonly Alphabet[] {
  let alphabets = weights.get(weight);
  if (!alphabets) {
    const file = readFileSync(new URL(`../../fonts/inter-${weight}.json.gz`, import.meta.url));
    alphabets = (JSON.parse(gunzipSync(file).toString()) as { alphabets: readonly Alphabet[] }).alphabets;
    weights.set(weight, alphabets);
  }
  return alphabets;
}
