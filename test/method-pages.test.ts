import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { methods } from "@limn/core";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const OVERVIEW = join(ROOT, "docs", "methods.md");
const PAGES = join(ROOT, "docs", "methods");
const PICTURES = join(ROOT, "docs", "images", "methods");

/** Those of the registry, and what has a page of its own beside them. */
const NAMES = [...Object.keys(methods), "clrp", "class-model"];

describe("the pages of methods", () => {
  it("are there for every method and for nothing else", () => {
    expect(readdirSync(PAGES).sort()).toEqual(NAMES.map((name) => `${name}.md`).sort());
  });

  it.each(NAMES)("%s: is in the overview, names all options and has a picture of less than 60 kB", (name) => {
    expect(readFileSync(OVERVIEW, "utf8")).toContain(`[\`${name}\`](methods/${name}.md)`);
    const page = readFileSync(join(PAGES, `${name}.md`), "utf8");
    const options = Object.keys(methods[name as keyof typeof methods]?.options.shape ?? {});
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
