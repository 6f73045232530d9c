// Regenerates packages/scenes/drawings/drawings.json: of the icon sets that scenes are drawn from, the few drawings that
// are used, each set with its author, license and version.
//
//   npx tsc -b && node scripts/extract-drawings.mjs
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

const require = createRequire(import.meta.url);
const TARGET = fileURLToPath(new URL("../packages/scenes/drawings/drawings.json", import.meta.url));

/**
 * The file's text.
 * @param families the sets and their packages, by the families' names
 * @param namesIn the drawings that are wanted of a family; those that its set lacks are left out
 */
export function extractDrawings(families, namesIn) {
  const entries = Object.entries(families).map(([family, { package: name }]) => {
    const read = (file) => JSON.parse(readFileSync(require.resolve(`${name}/${file}`), "utf8"));
    const { author, license } = read("info.json");
    const set = read("icons.json");
    const drawings = namesIn(family).flatMap((drawing) => {
      const icon = set.icons[drawing] ?? set.icons[set.aliases?.[drawing]?.parent];
      return icon ? [[drawing, svgOf(icon, set)]] : [];
    });
    const source = `${name}@${read("package.json").version}`;
    return [family, { source, author, license, drawings: Object.fromEntries(drawings) }];
  });
  return `${JSON.stringify(Object.fromEntries(entries), null, 1)}\n`;
}

/** An icon as an SVG document. */
function svgOf({ body, left = 0, top = 0, ...size }, set) {
  const { width = set.width ?? 16, height = set.height ?? 16 } = size;
  return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}" height="${height}" viewBox="${left} ${top} ${width} ${height}">${body}</svg>`;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { FAMILIES } = await import("../packages/scenes/dist/families.js");
  const { allDrawingsOf } = await import("../packages/scenes/dist/classes.js");
  writeFileSync(TARGET, extractDrawings(FAMILIES, allDrawingsOf));
}
