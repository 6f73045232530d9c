import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

export type Weight = 400 | 600;

/** A character as a font draws it, in the font's units. */
export interface Glyph {
  readonly advance: number;
  /** The data of an SVG path whose baseline is at 0. */
  readonly outline: string;
}

/** Characters that are kerned with each other. */
export interface Alphabet {
  readonly unitsPerEm: number;
  readonly glyphs: Readonly<Record<string, Glyph>>;
  /** How far two characters that stand next to each other are moved together or apart; other pairs stay. */
  readonly kerning: Readonly<Record<string, number>>;
}

const weights = new Map<Weight, readonly Alphabet[]>();

/**
 * The font Inter, from a file of this package, so that machines without any fonts draw the same text. No character is in two
 * alphabets. The file is made by scripts/extract-font.mjs.
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
