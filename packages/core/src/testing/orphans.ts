import { readdirSync, readFileSync } from "node:fs";

/**
 * Files of a folder of definitions that nothing uses.
 * @param folder such as src/methods/, with a registry.ts
 * @param defines what a file calls that defines something, such as `defineRule`
 * @param registered names of the registry: what is called NAME is defined in NAME.ts and tested in NAME.test.ts
 * @returns what is wrong, a line each
 */
export function orphansOf(folder: URL, defines: RegExp, registered: readonly string[]): string[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(".ts"));
  const tests = files.filter((file) => file.endsWith(".test.ts"));
  const sources = files.filter((file) => !tests.includes(file));
  const texts = new Map(files.map((file) => [file, readFileSync(new URL(file, folder), "utf8")]));
  const isRead = (file: string) => {
    const imported = `/${file.replace(/\.ts$/, ".js")}"`;
    const elsewhere = readdirSync(new URL("../", folder), { recursive: true, encoding: "utf8" });
    return elsewhere.some(
      (path) =>
        path.endsWith(".ts") &&
        !path.endsWith(".test.ts") &&
        readFileSync(new URL(`../${path}`, folder), "utf8").includes(imported),
    );
  };
  return sources.flatMap((file) => {
    const name = file.replace(/\.ts$/, "");
    if (!defines.test(texts.get(file) as string)) return isRead(file) ? [] : [`${file}: no other file imports it`];
    if (!registered.includes(name)) return [`${file}: ${name} is not in registry.ts`];
    return tests.includes(`${name}.test.ts`) ? [] : [`${file}: it has no ${name}.test.ts`];
  });
}
