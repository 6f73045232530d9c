import { basename, resolve } from "node:path";

/** File systems allow 255 bytes, and the name of a map and an extension are still to be added. */
const LONGEST = 100;

/** A picture's name without its extension. */
export const stemOf = (path: string): string => shortened(basename(path).replace(/(?<=.)\.[^.]+$/, ""));

/**
 * Beginnings for the names of the files that are written for each picture, all different: the picture's name without its
 * extension; if two are the same, with the extension; then with the folder's name before it; then with a number.
 * @returns one per path, in order
 */
export function uniqueStems(paths: readonly string[]): string[] {
  const forms: ((path: string, i: number) => string)[] = [
    stemOf,
    (path) => shortened(basename(path)),
    (path) => shortened(resolve(path).split(/[\\/]/).filter(Boolean).slice(-2).join("-")),
    (path, i) => `${i + 1}-${shortened(basename(path))}`,
  ];
  const stems: (string | undefined)[] = paths.map(() => undefined);
  const taken = new Set<string>();
  for (const form of forms) {
    const names = paths.map((path, i) => (stems[i] === undefined ? form(path, i) : undefined));
    const counts = new Map<string, number>();
    for (const name of names) if (name !== undefined) counts.set(same(name), (counts.get(same(name)) ?? 0) + 1);
    names.forEach((name, i) => {
      if (name === undefined || counts.get(same(name)) !== 1 || taken.has(same(name))) return;
      stems[i] = name;
      taken.add(same(name));
    });
  }
  return stems.map((stem, i) => stem ?? `${i + 1}`);
}

/** Names that files may have, for a graph's outputs, whose names hold slashes and more. All are different. */
export function outputNames(outputs: readonly string[]): string[] {
  const taken = new Set<string>();
  return outputs.map((output) => {
    // tensors' names differ at their end
    const plain =
      output
        .replace(/[^\w.+-]+/g, "-")
        .replace(/-+/g, "-")
        .replace(/^[-.]+|[-.]+$/g, "")
        .slice(-LONGEST) || "map";
    let name = plain;
    for (let n = 2; taken.has(same(name)); n++) name = `${plain}_${n}`;
    taken.add(same(name));
    return name;
  });
}

/** Some file systems do not tell upper from lower case. */
const same = (name: string): string => name.toLowerCase();

/** Cut to fit, between characters. */
function shortened(name: string): string {
  let short = "";
  for (const char of name) {
    if (Buffer.byteLength(short + char) > LONGEST) return short;
    short += char;
  }
  return short;
}
