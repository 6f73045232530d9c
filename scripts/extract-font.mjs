// Regenerates packages/node/fonts/: the outlines, widths and kerning of Inter's characters, as sheets draw them.
//
//   node scripts/extract-font.mjs
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import opentype from "opentype.js";

export const WEIGHTS = [400, 600];

/** The alphabets that the package splits Inter into, in the order in which a character is looked for. */
const ALPHABETS = ["latin", "latin-ext", "greek", "cyrillic", "cyrillic-ext", "vietnamese"];

const require = createRequire(import.meta.url);

/**
 * The text of a weight's file. Of each alphabet, every character's advance and outline, and what two characters next to
 * each other are moved by where that is not 0; all in the font's units.
 */
export function extractFont(weight) {
  const taken = new Set();
  const alphabets = ALPHABETS.map((alphabet) => {
    const font = read(`inter-${alphabet}-${weight}-normal.woff`);
    const { glyphIndexMap } = font.tables.cmap;
    const glyphs = Object.entries(glyphIndexMap).flatMap(([code, index]) => {
      const char = String.fromCodePoint(code);
      return index === 0 || taken.has(char) ? [] : [{ char, glyph: font.glyphs.get(index) }];
    });
    for (const { char } of glyphs) taken.add(char);
    const kerning = glyphs.flatMap((left) =>
      glyphs.flatMap((right) => {
        const value = font.getKerningValue(left.glyph, right.glyph);
        return value === 0 ? [] : [[left.char + right.char, value]];
      }),
    );
    return {
      unitsPerEm: font.unitsPerEm,
      glyphs: Object.fromEntries(glyphs.map(({ char, glyph }) => [char, glyphOf(glyph, font)])),
      kerning: Object.fromEntries(kerning),
    };
  });
  const { version } = require("@fontsource/inter/package.json");
  return `${JSON.stringify({ source: `@fontsource/inter@${version}`, license: "OFL-1.1", alphabets })}\n`;
}

const glyphOf = (glyph, { unitsPerEm }) => ({
  advance: glyph.advanceWidth ?? 0,
  outline: glyph.getPath(0, 0, unitsPerEm).toPathData(0),
});

function read(name) {
  const { buffer, byteOffset, byteLength } = readFileSync(require.resolve(`@fontsource/inter/files/${name}`));
  return opentype.parse(buffer.slice(byteOffset, byteOffset + byteLength));
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const weight of WEIGHTS) {
    const file = new URL(`../packages/node/fonts/inter-${weight}.json.gz`, import.meta.url);
    writeFileSync(file, gzipSync(extractFont(weight), { level: 9 }));
  }
}
