import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findMethod, type Method, methods } from "@limn/core";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const OVERVIEW = join(ROOT, "docs", "methods.md");
const PAGES = join(ROOT, "docs", "methods");
const PICTURES = join(ROOT, "docs", "images", "methods");

const PAGED = readdirSync(PAGES).map((page) => page.replace(/\.md$/, ""));

const ALL: readonly Method[] = Object.values(methods);
const VARIANTS = ALL.flatMap(({ variants }) => Object.keys(variants ?? {}));

/** Those of the registry, variants that have a page of their own, and what explains no photo. */
const NAMES = [...Object.keys(methods), ...VARIANTS.filter((name) => PAGED.includes(name)), "class-model"];

describe("the pages of methods", () => {
  it("are there for every method and for nothing else", () => {
    expect(PAGED.sort()).toEqual([...NAMES].sort());
  });

  it.each(ALL.map((method) => [method.name, method] as const))(
    "%s says what the overview's table needs",
    (_, method) => {
      expect(method.table?.runs).toBeTruthy();
      expect(method.table?.needs).toBeTruthy();
    },
  );

  it.each(NAMES)("%s: names all options and has a picture of less than 60 kB", (name) => {
    const page = readFileSync(join(PAGES, `${name}.md`), "utf8");
    const options = name === "class-model" ? [] : Object.keys(findMethod(name).method.options.entries);
    for (const option of options) expect(page).toContain(`\`${option}\``);
    expect(page).toContain(`(../images/methods/${name}.webp)`);
    expect(statSync(join(PICTURES, `${name}.webp`)).size).toBeLessThan(60_000);
    expect(existsSync(join(PICTURES, `${name}.thumb.webp`))).toBe(true);
  });

  it.each([OVERVIEW, ...readdirSync(PAGES).map((page) => join(PAGES, page))])("link to what is there: %s", (page) => {
    const links = readFileSync(page, "utf8").matchAll(/\]\(([^)#]+)[^)]*\)|src="([^"]+)"/g);
    for (const [, link, source] of links)
      expect(existsSync(join(dirname(page), link ?? source ?? "")), link).toBe(true);
  });
});
