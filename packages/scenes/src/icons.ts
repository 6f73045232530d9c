import { readFileSync } from "node:fs";
import type { FamilyName } from "./families.js";

/** The file that scripts/extract-drawings.mjs makes from the families' packages. */
type DrawingsFile = Readonly<Record<FamilyName, { readonly drawings: Readonly<Record<string, string>> }>>;

let file: DrawingsFile | undefined;

/** The drawings of a family as SVG documents, by name. */
export function iconsOf(family: FamilyName): ReadonlyMap<string, string> {
  file ??= JSON.parse(readFileSync(new URL("../drawings/drawings.json", import.meta.url), "utf8")) as DrawingsFile;
  return new Map(Object.entries(file[family].drawings));
}
