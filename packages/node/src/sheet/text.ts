import { type Alphabet, alphabetsOf, type Glyph, type Weight } from "./font.js";

export interface TextStyle {
  readonly size: number;
  readonly weight?: Weight;
  readonly color?: string;
  readonly anchor?: "start" | "middle" | "end";
}

/** Part of a line: a glyph of the package's font, or text that only the system's fonts may have. */
type Piece = { readonly x: number } & (
  | { readonly alphabet: Alphabet; readonly char: string; readonly glyph: Glyph }
  | { readonly text: string }
);

/**
 * Sets glyphs next to each other, with kerning. The font's own substitutions (contextual alternates) are left out, since no
 * text on a sheet needs them.
 */
function placed(text: string, { size, weight = 400 }: TextStyle): { pieces: Piece[]; width: number } {
  const pieces: Piece[] = [];
  let x = 0;
  let foreign = "";
  const flush = () => {
    if (!foreign) return;
    pieces.push({ x, text: foreign });
    x += foreignWidth(foreign) * size;
    foreign = "";
  };
  for (const char of visible(text)) {
    const alphabet = alphabetsOf(weight).find(({ glyphs }) => Object.hasOwn(glyphs, char));
    if (!alphabet) {
      foreign += char;
      continue;
    }
    flush();
    const { unitsPerEm, glyphs, kerning } = alphabet;
    const glyph = glyphs[char] as Glyph;
    const scale = size / unitsPerEm;
    const before = pieces.at(-1);
    if (before && "alphabet" in before && before.alphabet === alphabet) {
      x += (kerning[before.char + char] ?? 0) * scale;
    }
    pieces.push({ x, alphabet, char, glyph });
    x += glyph.advance * scale;
  }
  flush();
  return { pieces, width: x };
}

/** Widths in em that leave room for any font of the system: emoji are wider than ideographs. */
const foreignWidth = (text: string): number =>
  [...text].reduce((sum, char) => sum + (/\p{Mn}|\p{Cf}/u.test(char) ? 0 : /\p{Emoji}/u.test(char) ? 1.4 : 1.05), 0);

/** Without control characters and halves of characters, which XML can't hold. */
const visible = (text: string): string => text.replace(/\p{Cc}|\p{Cs}|[\uFFFE\uFFFF]/gu, " ");

/** Width of a line of text, in the unit of its size. */
export const widthOf = (text: string, style: TextStyle): number => placed(text, style).width;

/** The text, shortened with an ellipsis if it is wider than `width`. */
export function fitted(text: string, width: number, style: TextStyle): string {
  const chars = [...text];
  return longest(chars.length, width, style, (kept) =>
    kept === chars.length ? text : `${chars.slice(0, kept).join("").trimEnd()}…`,
  );
}

/** The same, shortened at its start, since tensors' names differ at their end. */
export function fittedTail(text: string, width: number, style: TextStyle): string {
  const chars = [...text];
  return longest(chars.length, width, style, (kept) =>
    kept === chars.length
      ? text
      : `…${chars
          .slice(chars.length - kept)
          .join("")
          .replace(/^[\s.]+/, "")}`,
  );
}

/** Of texts that keep 0 to `all` characters, the longest that fits; the shortest if none does. */
function longest(all: number, width: number, style: TextStyle, keeping: (kept: number) => string): string {
  const fits = (kept: number) => widthOf(keeping(kept), style) <= width;
  if (fits(all)) return keeping(all);
  let [low, high] = [0, all];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return keeping(low);
}

/**
 * Breaks text into at most `most` lines, each no wider than `width`; the rest is cut with an ellipsis. Words that are wider
 * than a line, such as tensor names, are broken.
 */
export function wrapped(text: string, width: number, most: number, style: TextStyle): string[] {
  const lines: string[] = [];
  let line = "";
  const words = text.split(/\s+/).flatMap((word) => broken(word, width, style));
  for (const [i, word] of words.entries()) {
    const longer = line ? `${line} ${word}` : word;
    if (line && widthOf(longer, style) > width) {
      if (lines.length === most - 1) return [...lines, fitted([line, ...words.slice(i)].join(" "), width, style)];
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, fitted(line, width, style)];
}

/** A word in pieces no wider than `width`. */
function broken(word: string, width: number, style: TextStyle): string[] {
  if (widthOf(word, style) <= width) return [word];
  const pieces: string[] = [];
  let piece = "";
  for (const char of word) {
    if (piece && widthOf(piece + char, style) > width) {
      pieces.push(piece);
      piece = "";
    }
    piece += char;
  }
  return [...pieces, piece];
}

/** A line of text as SVG, drawn by glyph outlines; `y` is its baseline. */
export function textSvg(text: string, x: number, y: number, style: TextStyle): string {
  const { size, weight = 400, color = "#1d2430", anchor = "start" } = style;
  const { pieces, width } = placed(text, style);
  const start = x - (anchor === "start" ? 0 : width * (anchor === "middle" ? 0.5 : 1));
  const drawn = pieces.map((piece) => {
    const left = (start + piece.x).toFixed(2);
    if ("text" in piece) {
      return `<text x="${left}" y="${y}" font-family="${FALLBACK}" font-size="${size}" font-weight="${weight}">${escaped(piece.text)}</text>`;
    }
    const scale = (size / piece.alphabet.unitsPerEm).toFixed(6);
    return `<path transform="translate(${left} ${y}) scale(${scale})" d="${piece.glyph.outline}"/>`;
  });
  return `<g fill="${color}">${drawn.join("")}</g>`;
}

const FALLBACK = "'Noto Sans', 'Noto Sans CJK SC', sans-serif";

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

const escaped = (text: string): string => text.replace(/[&<>"]/g, (char) => ENTITIES[char] ?? char);
