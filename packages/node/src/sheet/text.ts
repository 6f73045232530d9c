import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import opentype, { type Font, type Glyph } from "opentype.js";

export type Weight = 400 | 600;

export interface TextStyle {
  readonly size: number;
  readonly weight?: Weight;
  readonly color?: string;
  readonly anchor?: "start" | "middle" | "end";
}

const fonts = new Map<Weight, Font>();
const resolve = createRequire(import.meta.url).resolve;

/** Inter, from a package: machines without any fonts draw the same text. */
function fontOf(weight: Weight): Font {
  let font = fonts.get(weight);
  if (!font) {
    const bytes = readFileSync(resolve(`@fontsource/inter/files/inter-latin-${weight}-normal.woff`));
    font = opentype.parse(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    fonts.set(weight, font);
  }
  return font;
}

/** Width of a line of text, in the unit of its size. */
export function widthOf(text: string, { size, weight = 400 }: TextStyle): number {
  const font = fontOf(weight);
  // what the font lacks is drawn by the system's: wide enough for ideographs
  return isCovered(font, text) ? placed(font, text, size).width : [...text].length * size;
}

/**
 * Glyphs side by side with kerning. The font's own substitutions (contextual alternates) are left out: opentype.js
 * knows only some of their forms.
 */
function placed(font: Font, text: string, size: number) {
  const scale = size / font.unitsPerEm;
  let x = 0;
  const glyphs = [...text].map((char) => font.charToGlyph(char)).map((glyph, i, all) => {
    if (i > 0) x += font.getKerningValue(all[i - 1] as Glyph, glyph) * scale;
    const at = x;
    x += (glyph.advanceWidth ?? 0) * scale;
    return { glyph, x: at };
  });
  return { glyphs, width: x };
}

const isCovered = (font: Font, text: string): boolean =>
  [...text].every((char) => font.charToGlyphIndex(char) !== 0);

/** The text, shortened with an ellipsis where it is wider than `width`. */
export function fitted(text: string, width: number, style: TextStyle): string {
  if (widthOf(text, style) <= width) return text;
  const chars = [...text];
  let kept = chars.length - 1;
  while (kept > 0 && widthOf(`${chars.slice(0, kept).join("").trimEnd()}…`, style) > width) kept--;
  return `${chars.slice(0, kept).join("").trimEnd()}…`;
}

/** The text in lines no wider than `width`; what is beyond `most` lines is cut with an ellipsis. */
export function wrapped(text: string, width: number, most: number, style: TextStyle): string[] {
  const lines: string[] = [];
  let line = "";
  const words = text.split(/\s+/);
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

/** A line of text as SVG, drawn by glyph outlines; `y` is its baseline. */
export function textSvg(text: string, x: number, y: number, style: TextStyle): string {
  const { size, weight = 400, color = "#1d2430", anchor = "start" } = style;
  const font = fontOf(weight);
  const start = x - (anchor === "start" ? 0 : widthOf(text, style) * (anchor === "middle" ? 0.5 : 1));
  if (isCovered(font, text)) {
    const { glyphs } = placed(font, text, size);
    const outline = glyphs.map(({ glyph, x: offset }) => glyph.getPath(start + offset, y, size).toPathData(2)).join("");
    return `<path fill="${color}" d="${outline}"/>`;
  }
  const family = "Inter, 'Noto Sans', 'Noto Sans CJK SC', sans-serif";
  return `<text x="${start}" y="${y}" font-family="${family}" font-size="${size}" font-weight="${weight}" fill="${color}">${escaped(text)}</text>`;
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Control characters have no form in XML. */
const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (char) => ENTITIES[char] ?? char).replace(/\p{Cc}/gu, " ");
