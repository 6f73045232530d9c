// Checks a site that has been built: its links, the sizes of its files, and all its pages with axe-core.
//
//   node site/check.mjs [FOLDER]
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { findChromium } from "../scripts/find-chromium.mjs";
import { barriers } from "./check-accessibility.mjs";
import { brokenLinks } from "./check-links.mjs";
import { tooLarge } from "./check-sizes.mjs";

const folder = process.argv[2] ?? fileURLToPath(new URL("dist", import.meta.url));
const complaints = [...brokenLinks(folder), ...tooLarge(folder)];

const chromium = findChromium();
const pages = chosen(
  readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => path.replaceAll("\\", "/")),
);
if (chromium) complaints.push(...(await barriers(folder, pages, chromium)));

for (const complaint of complaints) console.error(complaint);
const checked = chromium
  ? `${pages.length} pages by axe`
  : "not by axe, since there is no Chromium (node scripts/ensure-test-programs.mjs)";
console.log(
  `${complaints.length === 0 ? "no complaint" : `${complaints.length} complaints`}: all links and sizes, and ${checked}`,
);
process.exitCode = complaints.length === 0 ? 0 : 1;

/** All guides, and the first page of each kind and package of the API, whose pages are made by one template; the studio has tests of its own. */
function chosen(paths) {
  const kinds = new Set();
  return paths
    .filter((path) => path.endsWith(".html") && !path.startsWith("studio/"))
    .sort()
    .filter((path) => {
      if (!path.startsWith("api/")) return true;
      const kind = path.replace(/[^/]+$/, "");
      return !kinds.has(kind) && kinds.add(kind);
    });
}
