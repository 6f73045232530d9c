import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { composites } from "../composites/registry.js";
import { findRule, rules } from "./registry.js";

const docs = new URL("../../../../docs/", import.meta.url);
const rows = readdirSync(docs)
  .filter((file) => file.endsWith(".md"))
  .flatMap((file) => readFileSync(new URL(file, docs), "utf8").split("\n"))
  .filter((line) => line.startsWith("|"));

const hasRow = (name: string) => rows.some((row) => row.split("|")[1]?.includes(`\`${name}\``));

describe.each(Object.entries(rules))("%s", (name, rule) => {
  it("goes by its name", () => {
    expect(rule.name).toBe(name);
    expect(findRule(name)).toBe(rule);
    expect(rule.summary).toMatch(/^[a-z].*[^.]$/);
    expect(rule.source).toMatch(/\d{4}/);
  });

  it("is compared with its definition", () => {
    const test = new URL(`./${name}.test.ts`, import.meta.url);
    expect(existsSync(test)).toBe(true);
    expect(readFileSync(test, "utf8")).toContain(`checkRule("${name}", `);
  });

  it("has a row in the docs", () => {
    expect(hasRow(name)).toBe(true);
  });
});

describe.each(Object.entries(composites))("composite %s", (name, composite) => {
  it("goes by its name and says where it is from", () => {
    expect(composite.name).toBe(name);
    expect(composite.source).toMatch(/\d{4}/);
  });

  it("has a row in the docs", () => {
    expect(hasRow(name)).toBe(true);
  });
});

it("refuses unknown rules with near matches", () => {
  expect(() => findRule("z-pluss")).toThrow(/no rule "z-pluss"; did you mean "z-plus"/);
});
