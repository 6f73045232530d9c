import { createRequire } from "node:module";
import { FAMILIES, type FamilyName } from "./families.js";

interface IconSet {
  readonly icons: Readonly<Record<string, Icon>>;
  readonly aliases?: Readonly<Record<string, { readonly parent: string }>>;
  readonly width?: number;
  readonly height?: number;
}

interface Icon {
  readonly body: string;
  readonly width?: number;
  readonly height?: number;
  readonly left?: number;
  readonly top?: number;
}

const require = createRequire(import.meta.url);

/** The drawings of a family as SVG documents, by name; those that it doesn't have are left out. */
export function readIcons(family: FamilyName, names: readonly string[]): ReadonlyMap<string, string> {
  const path = require.resolve(`${FAMILIES[family].package}/icons.json`);
  const set = require(path) as IconSet;
  // the sets are large, and a few drawings of each are all that is wanted
  delete require.cache[path];
  return new Map(
    names.flatMap((name) => {
      const icon = set.icons[name] ?? set.icons[set.aliases?.[name]?.parent ?? ""];
      return icon ? [[name, documentOf(icon, set)] as const] : [];
    }),
  );
}

function documentOf({ body, left = 0, top = 0, ...size }: Icon, set: IconSet): string {
  const { width = set.width ?? 16, height = set.height ?? 16 } = size;
  return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}" height="${height}" viewBox="${left} ${top} ${width} ${height}">${body}</svg>`;
}
